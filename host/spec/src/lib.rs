//! Fixtures (a small world to run in) and Markdown specs.
