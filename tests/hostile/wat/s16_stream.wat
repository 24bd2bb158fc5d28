;; S16. A stream: refused at upload, with the reason.
(component
  (type (stream u8))
  (import "mandate:automation/rows@0.1.0" (instance
    (export "find" (func (result (stream u8)))))))
