(ns lending.db
  "The connection, made on first use: while namespaces load, there is nothing to connect to."
  (:require [clojure.edn :as edn]
            [clojure.java.io :as io]
            [datomic.client.api :as d]))

(def ^:dynamic *client-map* {:server-type :ion})

(def conn
  (memoize
   (fn []
     (let [client (d/client *client-map*)]
       (d/create-database client {:db-name "lending"})
       (doto (d/connect client {:db-name "lending"})
         (d/transact {:tx-data (edn/read-string (slurp (io/resource "lending/schema.edn")))}))))))
