//! Looking ahead: what would become of automations and of who may do what, before it is done. Nothing here changes anything but
//! [`Service::hand_over`](crate::Service::hand_over), which does what was foreseen.

pub(crate) mod policy;
