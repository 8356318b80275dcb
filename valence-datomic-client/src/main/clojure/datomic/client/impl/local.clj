(ns datomic.client.impl.local
  "Where the open client api looks for {:server-type :local}."
  (:require [valence.datomic :as valence]))

(defn create-client [arg-map] (valence/client arg-map))
