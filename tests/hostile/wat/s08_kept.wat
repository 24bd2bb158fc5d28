;; S08, world watcher. Keeps the borrowed view beyond its call: ended as a trap.
(module
  ;;@plugin
  (func (export "mandate:automation/condition@0.1.0#evaluate") (type $evaluate)
    (i32.const 160)))
