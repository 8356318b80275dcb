(ns datomic.client.api.sync
  "Where the open client api looks for {:server-type :cloud} and {:server-type :peer-server}, and,
  through the former, for {:server-type :ion}."
  (:require [valence.datomic :as valence]))

(defn client [arg-map] (valence/client arg-map))
