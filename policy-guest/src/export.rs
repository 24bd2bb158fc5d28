//! The macro that turns a type into a component's exports.

/// Exports a type as an automation: `automation!(Type: condition, action, notification)`, with the phases that it has, in any
/// order and number. The type implements [`Plugin`](crate::Plugin) and the trait of each phase.
///
/// Nothing is exported natively, so that a guest's unit tests link; the traits are required there just the same.
#[macro_export]
macro_rules! automation {
    (@require $ty:ident condition) => { $crate::automation!(@bound $ty $crate::Condition); };
    (@require $ty:ident action) => { $crate::automation!(@bound $ty $crate::Action); };
    (@require $ty:ident notification) => { $crate::automation!(@bound $ty $crate::Notification); };
    (@bound $ty:ident $($bound:tt)*) => {
        const _: () = {
            const fn implements<T: $($bound)*>() {}
            implements::<$ty>();
        };
    };
    (@export $ty:ident condition) => {
        $crate::bindings::condition::export_condition!($ty with_types_in $crate::bindings::condition);
    };
    (@export $ty:ident action) => {
        $crate::bindings::action::export_action!($ty with_types_in $crate::bindings::action);
    };
    (@export $ty:ident notification) => {
        $crate::bindings::notification::export_notification!($ty with_types_in $crate::bindings::notification);
    };
    ($ty:ident: $($phase:ident),+ $(,)?) => {
        $crate::automation!(@bound $ty $crate::Plugin);
        $($crate::automation!(@require $ty $phase);)+

        #[cfg(target_family = "wasm")]
        const _: () = {
            $crate::bindings::plugin::export_plugin!($ty with_types_in $crate::bindings::plugin);
            $($crate::automation!(@export $ty $phase);)+
        };
    };
}
