;; S05, world watcher. Returns 4,096 findings whose data are all the same list of 65,536 null fields: 268 million elements.
;; Ended before the host has allocated more than its limit.
(module
  ;;@plugin
  (func (export "mandate:automation/condition@0.1.0#evaluate") (type $evaluate)
    (local $at i32)
    (if (i32.eq (memory.grow (i32.const 32)) (i32.const -1)) (then unreachable))
    (call $drop (local.get 15))
    (local.set $at (i32.const 65536))
    (loop $next
      (i32.store offset=16 (local.get $at) (i32.const 262144)) ;; data: where; what is there is zero, a field without a name
      (i32.store offset=20 (local.get $at) (i32.const 65536)) ;; data: how many
      (local.set $at (i32.add (local.get $at) (i32.const 24)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 163840))))
    (i32.store (i32.const 164) (i32.const 65536))
    (i32.store (i32.const 168) (i32.const 4096))
    (i32.const 160)))
