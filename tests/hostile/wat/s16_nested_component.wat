;; S16. A nested component that has a core module of its own: refused at upload, with the reason.
(component
  (component
    (core module (func (export "f")))))
