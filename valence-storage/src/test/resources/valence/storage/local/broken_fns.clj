(ns valence.storage.local.broken-fns)

(defn f [] (no-such-function))
