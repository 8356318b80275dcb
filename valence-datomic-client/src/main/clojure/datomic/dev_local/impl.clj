(ns datomic.dev-local.impl
  "Where the open client api looks for {:server-type :datomic-local} and :dev-local."
  (:require [valence.datomic :as valence]))

(defn ensure-client [arg-map] (valence/client arg-map))
