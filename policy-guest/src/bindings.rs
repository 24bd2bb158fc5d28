//! What `wit-bindgen` makes of `wit/`: the powers once, and each phase by itself, so that a guest exports only what it names.
//!
//! Every phase is a world with a single export. A guest's module carries the description of each phase that it exports,
//! and the component encoder unites them: there is no need for a world per combination.

#![allow(
    missing_docs,
    unsafe_code,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    reason = "generated from wit/, which holds the documentation"
)]

pub mod powers {
    wit_bindgen::generate!({
        path: "../wit",
        inline: "
            package mandate:guest-sdk;
            world powers {
                import mandate:automation/log@0.1.0;
                import mandate:automation/rows@0.1.0;
                import mandate:automation/rows-write@0.1.0;
                import mandate:automation/files@0.1.0;
                import mandate:automation/files-write@0.1.0;
                import mandate:automation/operations@0.1.0;
            }
        ",
        world: "mandate:guest-sdk/powers",
        generate_all,
        additional_derives: [PartialEq],
    });
}

pub mod plugin {
    wit_bindgen::generate!({
        path: "../wit",
        inline: "package mandate:guest-sdk; world plugin { export mandate:automation/plugin@0.1.0; }",
        world: "mandate:guest-sdk/plugin",
        pub_export_macro: true,
        export_macro_name: "export_plugin",
        generate_all,
    });
}

pub mod condition {
    wit_bindgen::generate!({
        path: "../wit",
        inline: "package mandate:guest-sdk; world condition { export mandate:automation/condition@0.1.0; }",
        world: "mandate:guest-sdk/condition",
        pub_export_macro: true,
        export_macro_name: "export_condition",
        with: {
            "mandate:automation/types@0.1.0": super::powers::mandate::automation::types,
            "mandate:automation/authority@0.1.0": super::powers::mandate::automation::authority,
            "mandate:automation/condition@0.1.0": generate,
        },
    });
}

pub mod action {
    wit_bindgen::generate!({
        path: "../wit",
        inline: "package mandate:guest-sdk; world action { export mandate:automation/action@0.1.0; }",
        world: "mandate:guest-sdk/action",
        pub_export_macro: true,
        export_macro_name: "export_action",
        with: {
            "mandate:automation/types@0.1.0": super::powers::mandate::automation::types,
            "mandate:automation/authority@0.1.0": super::powers::mandate::automation::authority,
            "mandate:automation/action@0.1.0": generate,
        },
    });
}

pub mod notification {
    wit_bindgen::generate!({
        path: "../wit",
        inline: "package mandate:guest-sdk; world notification { export mandate:automation/notification@0.1.0; }",
        world: "mandate:guest-sdk/notification",
        pub_export_macro: true,
        export_macro_name: "export_notification",
        with: {
            "mandate:automation/types@0.1.0": super::powers::mandate::automation::types,
            "mandate:automation/authority@0.1.0": super::powers::mandate::automation::authority,
            "mandate:automation/notification@0.1.0": generate,
        },
    });
}
