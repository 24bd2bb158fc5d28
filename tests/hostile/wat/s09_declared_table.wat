;; S09, world watcher. Declares a table of a million elements: refused at upload, for its table.
(module
  ;;@plugin
  ;;@innocent
  (table 1000000 funcref))
