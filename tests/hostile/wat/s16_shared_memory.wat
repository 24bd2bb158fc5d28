;; S16. A shared memory: refused at upload, with the reason.
(component
  (core module (memory 1 2 shared)))
