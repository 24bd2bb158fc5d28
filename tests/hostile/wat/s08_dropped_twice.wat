;; S08, world watcher. Drops the view twice: ended as a trap.
(module
  ;;@plugin
  (func (export "mandate:automation/condition@0.1.0#evaluate") (type $evaluate)
    (call $drop (local.get 15))
    (call $drop (local.get 15))
    (i32.const 160)))
