(ns datomic.client.api.async
  "The client api on channels: what may talk to another process returns a channel with its result,
  or with the map of an anomaly; what reads in chunks puts vectors of at most :chunk items."
  (:refer-clojure :exclude [sync])
  (:require
   [clojure.core.async :as async]
   [datomic.client.api :as api]))

(def ^:private default-chunk 1000)

(defn- anomaly [^Throwable e]
  (let [data (ex-data e)]
    (if (:cognitect.anomalies/category data)
      data
      {:cognitect.anomalies/category :cognitect.anomalies/fault
       :cognitect.anomalies/message (or (ex-message e) (str e))})))

(defmacro ^:private result [& body]
  `(async/thread (try ~@body (catch Throwable e# (anomaly e#)))))

(defmacro ^:private chunks [arg-map & body]
  `(let [out# (async/chan)]
     (async/thread
       (try
         (loop [all# (partition-all (or (:chunk ~arg-map) default-chunk) (do ~@body))]
           (when (and (seq all#) (async/>!! out# (vec (first all#))))
             (recur (rest all#))))
         (catch Throwable e# (async/>!! out# (anomaly e#)))
         (finally (async/close! out#))))
     out#))

(defn client [arg-map] (api/client arg-map))
(defn administer-system [client arg-map] (result (api/administer-system client arg-map)))
(defn list-databases [client arg-map] (result (api/list-databases client arg-map)))
(defn connect [client arg-map] (result (api/connect client arg-map)))
(defn create-database [client arg-map] (result (api/create-database client arg-map)))
(defn delete-database [client arg-map] (result (api/delete-database client arg-map)))
(defn db [conn] (api/db conn))
(defn transact [conn arg-map] (result (api/transact conn arg-map)))
(defn sync [conn t] (result (api/sync conn t)))
(defn with-db [conn] (result (api/with-db conn)))
(defn tx-range [conn arg-map] (chunks arg-map (api/tx-range conn arg-map)))
(defn as-of [db time-point] (api/as-of db time-point))
(defn since [db time-point] (api/since db time-point))
(defn history [db] (api/history db))
(defn with [db arg-map] (result (api/with db arg-map)))
(defn db-stats [db] (result (api/db-stats db)))
(defn datoms [db arg-map] (chunks arg-map (api/datoms db arg-map)))
(defn index-range [db arg-map] (chunks arg-map (api/index-range db arg-map)))
(defn index-pull [db arg-map] (chunks arg-map (api/index-pull db arg-map)))
(defn pull
  ([db arg-map] (result (api/pull db arg-map)))
  ([db selector eid] (result (api/pull db selector eid))))
(defn q
  ([arg-map]
   (if (or (:query-stats arg-map) (:io-context arg-map))
     (result (api/q arg-map))
     (chunks arg-map (api/q arg-map))))
  ([query & args] (q {:query query :args args})))
(defn qseq
  ([arg-map] (chunks arg-map (api/qseq arg-map)))
  ([query & args] (qseq {:query query :args args})))
