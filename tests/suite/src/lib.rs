//! Tests that cross crates: specs, golden matrix, hostile guests, two worlds.
