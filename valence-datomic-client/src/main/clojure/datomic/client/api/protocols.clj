(ns datomic.client.api.protocols
  "What a system behind the client api does."
  (:refer-clojure :exclude [sync]))

(defprotocol Client
  (administer-system [client arg-map])
  (list-databases [client arg-map])
  (connect [client arg-map])
  (create-database [client arg-map])
  (delete-database [client arg-map]))

(defprotocol Connection
  (db [conn])
  (transact [conn arg-map])
  (sync [conn t])
  (tx-range [conn arg-map])
  (with-db [conn]))

(defprotocol Db
  (as-of [db time-point])
  (datoms [db arg-map])
  (db-stats [db])
  (history [db])
  (index-pull [db arg-map])
  (index-range [db arg-map])
  (pull [db arg-map] [db selector eid])
  (since [db time-point])
  (with [db arg-map]))
