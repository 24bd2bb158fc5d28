//! Looking ahead: what would become of automations and of who may do what, before it is done, and what there is to hand over.
//! Nothing here changes anything but [`Service::hand_over`](crate::Service::hand_over).

pub(crate) mod decisions;
pub(crate) mod hand_over;
pub(crate) mod impact;
pub(crate) mod inventory;
pub(crate) mod policy;
pub(crate) mod reach;
