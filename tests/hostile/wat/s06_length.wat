;; S06, world watcher. Logs a text of 1 GiB that its memory does not hold: ended as a trap, nothing is logged.
(module
  (import "mandate:automation/log@0.1.0" "write" (func $log (param i32 i32 i32)))
  ;;@plugin
  (func (export "mandate:automation/condition@0.1.0#evaluate") (type $evaluate)
    (call $log (i32.const 1) (i32.const 0) (i32.const 1073741824))
    (call $drop (local.get 15))
    (i32.const 160)))
