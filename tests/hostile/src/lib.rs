//! Guests that attack their host, by case of the threat catalogue. They are examples, so that each is a component:
//! - `examples/attacker`: everything that Rust can express, chosen by the setting `attack`.
//! - `wat/*.wat`: everything else, as text: modules whose exports lie about their results, and components that no host should
//!   take. The first line of each says its case and what must happen.
//!
//! `mandate_test_support::hostile(NAME)` makes components of all of them; what is too large to write down is generated in
//! `mandate_test_support::made`.
