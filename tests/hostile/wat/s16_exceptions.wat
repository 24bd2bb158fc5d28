;; S16. Exceptions in a core module: refused at upload, with the reason.
(component
  (core module
    (tag $failed)
    (func (throw $failed))))
