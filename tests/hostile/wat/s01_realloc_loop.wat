;; S01, world watcher. Loops when the host asks for room for the arguments of `evaluate`: ended with the cause `fuel`.
(module
  ;;@describe
  ;;@innocent
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (loop $again (br $again))
    unreachable))
