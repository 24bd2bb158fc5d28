;; S12, world changer. Uses the view as a hand: ended as a trap; no host function is reached.
(module
  (import "mandate:automation/rows-write@0.1.0" "remove" (func $remove (param i32 i32 i32 i32 i32 i32)))
  ;;@plugin
  (func (export "mandate:automation/condition@0.1.0#evaluate") (type $evaluate)
    (call $remove (local.get 15) (i32.const 16) (i32.const 5) (i32.const 16) (i32.const 1) (i32.const 200))
    (i32.const 160))
  (func (export "mandate:automation/action@0.1.0#act") (param i32) (result i32) (i32.const 160)))
