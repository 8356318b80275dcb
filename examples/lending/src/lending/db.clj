(ns lending.db
  "The connection, made on first use: while namespaces load, there is nothing to connect to. The
  database is there with its schema, by :schema of ion-config.edn."
  (:require [datomic.client.api :as d]))

(def ^:dynamic *client-map* {:server-type :ion})

(def conn
  (memoize #(d/connect (d/client *client-map*) {:db-name "lending"})))
