//! The real example guests.
