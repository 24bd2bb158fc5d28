;; S07, world watcher. Recurses without end, with a host call from every depth: ended with the cause `stack`; the process lives.
(module
  (import "mandate:automation/log@0.1.0" "write" (func $log (param i32 i32 i32)))
  ;;@plugin
  (func $deeper (param $depth i64) (result i64)
    (call $log (i32.const 1) (i32.const 16) (i32.const 1))
    (i64.add (local.get $depth) (call $deeper (i64.add (local.get $depth) (i64.const 1)))))
  (func (export "mandate:automation/condition@0.1.0#evaluate") (type $evaluate)
    (drop (call $deeper (i64.const 0)))
    (call $drop (local.get 15))
    (i32.const 160)))
