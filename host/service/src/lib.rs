//! Automations, runs, effects and deliveries over a store, and the embedded platform.
