//! Set-up, demo and tests of this repository.
fn main() {}
