//! Guests that attack their host, one per case of the threat catalogue.
