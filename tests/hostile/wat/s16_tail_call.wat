;; S16. A tail call: refused at upload, with the reason.
(component
  (core module
    (func $f (result i32) (return_call $f))))
