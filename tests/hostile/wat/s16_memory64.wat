;; S16. A 64-bit memory: refused at upload, with the reason.
(component
  (core module (memory i64 1)))
