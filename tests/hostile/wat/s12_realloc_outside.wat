;; S12, world watcher. Answers the host's wish for room with an address beyond its memory: ended as a trap.
(module
  ;;@describe
  ;;@innocent
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const -8)))
