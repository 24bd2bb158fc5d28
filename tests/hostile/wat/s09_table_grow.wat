;; S09, world watcher. Grows a table by a million elements until it is refused, and comes back without findings. Traps if it was
;; ever granted: `evaluate` must answer, so the first attempt is refused.
(module
  ;;@plugin
  (table $table 1 funcref)
  (func (export "mandate:automation/condition@0.1.0#evaluate") (type $evaluate)
    (if (i32.ne (table.grow $table (ref.null func) (i32.const 1000000)) (i32.const -1)) (then unreachable))
    (call $drop (local.get 15))
    (i32.const 160)))
