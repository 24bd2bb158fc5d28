;; S16. A SIMD instruction: refused at upload, with the reason.
(component
  (core module
    (func (result v128) (i32x4.splat (i32.const 1)))))
