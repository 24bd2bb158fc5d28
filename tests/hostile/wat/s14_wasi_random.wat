;; S14. Imports randomness of WASI: refused at upload, by name.
(component
  (import "wasi:random/random@0.2.0" (instance
    (export "get-random-u64" (func (result u64))))))
