(ns datomic.dev-local
  "What programs of datomic-local do with systems in their own process; by its first name."
  (:require
   [valence.datomic :as valence]
   [valence.datomic.copy :as copy]))

(defn divert-system
  "Clients that ask for :system, wherever it is, are of one in this process from now on, below
  :storage-dir, a path or :mem."
  [arg-map]
  (valence/divert arg-map))

(defn release-db
  "Lets go what this process has of :db-name of :system; of one in memory, that is all there is."
  [arg-map]
  (valence/release arg-map))

(defn import-cloud
  "Makes the database :dest with the transactions of :source, maps for `client` with :db-name.
  A :filter may have :since and :before, time points, :exclude-attrs, and :include-attrs, a map from
  attributes, or my.ns/*, to such a map of time points. Schema is always taken along."
  [arg-map]
  (copy/copy-database arg-map))
