;; S07, world watcher. Recurses without end: ended with the cause `stack`; the process lives.
(module
  ;;@plugin
  (func $deeper (param $depth i64) (result i64)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (i64.add (local.get $depth) (call $deeper (i64.add (local.get $depth) (i64.const 1)))))
  (func (export "mandate:automation/condition@0.1.0#evaluate") (type $evaluate)
    (drop (call $deeper (i64.const 0)))
    (call $drop (local.get 15))
    (i32.const 160)))
