;; S16. A future: refused at upload, with the reason.
(component
  (import "mandate:automation/rows@0.1.0" (instance
    (export "find" (func (result (future u8)))))))
