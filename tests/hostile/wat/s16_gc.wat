;; S16. Garbage-collected structs in a core module: refused at upload, with the reason.
(component
  (core module
    (type (struct (field i32)))
    (func (export "f") (result (ref null 0)) (struct.new 0 (i32.const 1)))))
