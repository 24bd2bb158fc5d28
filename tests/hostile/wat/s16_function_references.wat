;; S16. A typed function reference: refused at upload, with the reason.
(component
  (core module
    (type $f (func))
    (func (param (ref null $f)) (call_ref $f (local.get 0)))))
