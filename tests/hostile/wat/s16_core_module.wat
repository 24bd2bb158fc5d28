;; S16. A core module in place of a component: refused at upload, with the reason.
(module
  (func (export "f")))
