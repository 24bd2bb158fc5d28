//! The life of an automation: versions, consent, who it runs as. Pure: facts come in as values.
