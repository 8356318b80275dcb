(ns datomic.local
  "What programs of datomic-local do with systems in their own process."
  (:require [datomic.dev-local :as dev-local]))

(defn divert-system "See `datomic.dev-local/divert-system`." [arg-map]
  (dev-local/divert-system arg-map))

(defn release-db "See `datomic.dev-local/release-db`." [arg-map]
  (dev-local/release-db arg-map))

(defn import-cloud "See `datomic.dev-local/import-cloud`." [arg-map]
  (dev-local/import-cloud arg-map))
