;; S05, world watcher. Returns a list of 16 million findings that its memory does not hold: ended as a trap.
(module
  ;;@plugin
  (func (export "mandate:automation/condition@0.1.0#evaluate") (type $evaluate)
    (call $drop (local.get 15))
    (i32.store (i32.const 164) (i32.const 1024))
    (i32.store (i32.const 168) (i32.const 16000000))
    (i32.const 160)))
