(ns datomic.client.api.alpha
  "The client api by the name that it had first."
  (:refer-clojure :exclude [sync])
  (:require [datomic.client.api :as api]))

(doseq [[name function] (ns-publics 'datomic.client.api)]
  (intern *ns* (with-meta name (meta function)) @function))

(comment api/client)
