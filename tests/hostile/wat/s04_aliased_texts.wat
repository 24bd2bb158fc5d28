;; S04, world watcher. Returns 65,536 findings whose summaries are all the same 1 MiB: 64 GiB for the host to copy. Ended
;; before the host has allocated more than its limit.
(module
  ;;@plugin
  (func (export "mandate:automation/condition@0.1.0#evaluate") (type $evaluate)
    (local $at i32)
    (if (i32.eq (memory.grow (i32.const 48)) (i32.const -1)) (then unreachable))
    (call $drop (local.get 15))
    (local.set $at (i32.const 65536))
    (loop $next
      (i32.store offset=8 (local.get $at) (i32.const 1638400)) ;; summary: where
      (i32.store offset=12 (local.get $at) (i32.const 1048576)) ;; summary: how long
      (local.set $at (i32.add (local.get $at) (i32.const 24)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 1638400))))
    (i32.store (i32.const 164) (i32.const 65536)) ;; the findings: where
    (i32.store (i32.const 168) (i32.const 65536)) ;; how many
    (i32.const 160)))
