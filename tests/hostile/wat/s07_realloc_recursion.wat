;; S07, world watcher. Recurses without end when the host asks for room for arguments: ended with the cause `stack`; the
;; process lives.
(module
  ;;@describe
  ;;@innocent
  (memory (export "memory") 1)
  (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.add (i32.const 1)
      (call $realloc (local.get 0) (local.get 1) (local.get 2) (local.get 3)))))
