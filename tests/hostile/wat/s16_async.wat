;; S16. An async import: refused at upload, with the reason.
(component
  (import "mandate:automation/rows@0.1.0" (instance
    (export "find" (func async (result u32))))))
