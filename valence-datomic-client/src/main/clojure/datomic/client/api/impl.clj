(ns datomic.client.api.impl
  "What can be asked by a query.")

(defprotocol Queryable
  (q [queryable arg-map] "Result; what was asked for besides is its metadata.")
  (qseq [queryable arg-map]))
