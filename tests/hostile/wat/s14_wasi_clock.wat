;; S14. Imports a clock of WASI: refused at upload, by name.
(component
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance
    (export "now" (func (result u64))))))
