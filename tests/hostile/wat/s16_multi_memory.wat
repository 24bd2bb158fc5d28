;; S16. Two memories in one core module: refused at upload, with the reason.
(component
  (core module (memory 1) (memory 1)))
