;; S02, world watcher. Declares 4 GiB of memory at once: refused at upload, for its memory.
(module
  ;;@describe
  ;;@innocent
  (memory (export "memory") 65536)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
