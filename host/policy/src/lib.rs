//! Who may do what, decided by Cedar: validate, slice, decide, and residuals as predicates. No SQL, no I/O.
