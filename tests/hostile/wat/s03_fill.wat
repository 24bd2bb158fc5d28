;; S03, world watcher. Fills 32 MiB again and again, an operation that nothing interrupts: ended with the cause `fuel` or
;; `deadline`, at most one operation late.
(module
  ;;@plugin
  (func (export "mandate:automation/condition@0.1.0#evaluate") (type $evaluate)
    (if (i32.eq (memory.grow (i32.const 512)) (i32.const -1)) (then unreachable))
    (loop $again
      (memory.fill (i32.const 65536) (i32.const 1) (i32.const 33554432))
      (br $again))
    unreachable))
