(ns datomic.client.api
  "The synchronous client api, answered by Valence.

  Functions that may talk to another process take a map of arguments, with :timeout in milliseconds
  among them. What reads in chunks takes :offset, and :limit, where -1 is all: the default of queries,
  and of all else 1000. Datoms are read by position, [e a v tx added], and by key.

  Failures are `ex-info` with the map of an anomaly: :cognitect.anomalies/category, :message."
  (:refer-clojure :exclude [sync])
  (:require
   [datomic.client.api.impl :as impl]
   [datomic.client.api.protocols :as protocols]
   [valence.datomic :as valence]))

(defn client
  "A client of a system. Makes no connection yet.

  :server-type    system                                         further keys
  :local          in this process                                :storage-dir, a path or :mem; :system
  :datomic-local  in this process, a folder for each :system     :system, :storage-dir
  :remote         of a node                                      :endpoint, :access-key, :trust
  :peer-server    the same                                       :endpoint host:port, :access-key, :secret
  :ion, :cloud    that hosts this code; elsewhere as :remote     as :remote; :proxy-port"
  [arg-map]
  (valence/client arg-map))

(defn administer-system
  "Runs the :action, which is :upgrade-schema, for :db-name. A map."
  [client arg-map]
  (protocols/administer-system client arg-map))

(defn list-databases "The names of all databases." [client arg-map]
  (protocols/list-databases client arg-map))

(defn connect "A connection to :db-name." [client arg-map]
  (protocols/connect client arg-map))

(defn create-database "Makes :db-name unless it is there; true." [client arg-map]
  (protocols/create-database client arg-map))

(defn delete-database "Removes :db-name if it is there; true." [client arg-map]
  (protocols/delete-database client arg-map))

(defn db "The newest value. Read by :db-name, :t, :next-t, :as-of, :since and :history." [conn]
  (protocols/db conn))

(defn transact
  "Says :tx-data. A map of :db-before, :db-after, :tx-data, the datoms, and :tempids; with an
  :io-context also :io-stats."
  [conn arg-map]
  (protocols/transact conn arg-map))

(defn sync "A value whose :t is t at least." [conn t]
  (protocols/sync conn t))

(defn tx-range
  "The transactions from :start to before :end, time points or nil: maps of :t and :data, datoms."
  [conn arg-map]
  (protocols/tx-range conn arg-map))

(defn with-db "A value for `with`." [conn]
  (protocols/with-db conn))

(defn as-of "The value as of a time point." [db time-point]
  (protocols/as-of db time-point))

(defn since "What was said after a time point." [db t]
  (protocols/since db t))

(defn history "Every assertion and retraction." [db]
  (protocols/history db))

(defn datoms
  "The datoms of an :index, :eavt, :aevt, :avet or :vaet, that begin with :components."
  [db arg-map]
  (protocols/datoms db arg-map))

(defn db-stats "How many :datoms there are, and of each of :attrs." [db]
  (protocols/db-stats db))

(defn index-range "The datoms of :attrid from :start to before :end, by value." [db arg-map]
  (protocols/index-range db arg-map))

(defn index-pull
  "The :selector pulled along an :index, :avet or :aevt, from :start, or with :reverse back from it."
  [db arg-map]
  (protocols/index-pull db arg-map))

(defn pull
  "What a selector shows of an entity: in a map, :selector and :eid, or in order."
  ([db arg-map] (protocols/pull db arg-map))
  ([db selector eid] (protocols/pull db selector eid)))

(defn with "What `transact` would say, without doing it." [db arg-map]
  (protocols/with db arg-map))

(defn- ask [arg-map ask-of]
  (let [db (first (filter #(satisfies? impl/Queryable %) (:args arg-map)))]
    (when-not db
      (throw (valence/incorrect "Query args must include a database")))
    (let [result (ask-of db arg-map)
          asked  (not-empty (select-keys (meta result) [:io-stats :query-stats]))]
      (if asked
        (assoc asked :ret (if (::valence/value (meta result)) (first result) (with-meta result nil)))
        result))))

(defn q
  "The answer to a :query with its :args, a database among them; or the two in order. With
  :query-stats or :io-context a map whose :ret it is."
  ([arg-map] (ask arg-map impl/q))
  ([query & args] (q {:query query :args args})))

(defn qseq
  "As `q`, a sequence whose pulls are made as it is read."
  ([arg-map] (ask arg-map impl/qseq))
  ([query & args] (qseq {:query query :args args})))
