//! Builds the guests that tests and the demo run.
