;; S10, world watcher. The cheapest loop over a host call: ended by the budget of calls (or of fuel, if the host takes fuel for
;; calls), after at most that many.
(module
  (import "mandate:automation/authority@0.1.0" "[method]view.settings" (func $settings (param i32 i32)))
  ;;@plugin
  (func (export "mandate:automation/condition@0.1.0#evaluate") (type $evaluate)
    (loop $again
      (call $settings (local.get 15) (i32.const 200))
      (br $again))
    unreachable))
