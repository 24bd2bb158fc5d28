;; S01, world watcher. Loops in the start function: `describe` at upload is ended with the cause `fuel`.
(module
  ;;@plugin
  ;;@innocent
  (func $forever (loop $again (br $again)))
  (start $forever))
