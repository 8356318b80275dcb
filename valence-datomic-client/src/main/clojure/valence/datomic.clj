(ns valence.datomic
  "Valence behind the protocols of the open client api, `datomic.client.api`: of this module's, or
  of the library com.datomic/client-api where a program brings that.

  A db is a `valence.api.Db` itself, so that the functions of an application can hand the value that
  the node gives them to that api. Clients and connections are wrapped, since they are read by key.
  Results are Clojure's own vectors, maps and sets; failures are `ex-info` with an anomaly."
  (:require
   [datomic.client.api.impl :as impl]
   [datomic.client.api.protocols :as protocols])
  (:import
   (clojure.lang Counted IHashEq ILookup ISeq Keyword Sequential)
   (java.time Duration)
   (java.util Collection Iterator List Map Set)
   (java.util.stream Stream)
   (valence.api
    Anomaly AnomalyException Connection Datom Db Index LogEntry PullRequest QueryRequest
    Transaction TxReport Valence)
   (valence.edn Edn)))

(set! *warn-on-reflection* true)

(def ^:private default-limit "Of all that is read in chunks, but queries." 1000)

;; Failures

(declare clj)

(defn- anomaly [^Anomaly anomaly]
  (clj (.toMap anomaly)))

(defn- failure [^AnomalyException e]
  (let [data  (anomaly (.anomaly e))
        error (:db/error data)
        text  (:cognitect.anomalies/message data)]
    (ex-info (if error (str error " " text) text) data e)))

(defn incorrect
  "The exception of a mistake in a call."
  [text]
  (ex-info text {:cognitect.anomalies/category :cognitect.anomalies/incorrect
                 :cognitect.anomalies/message text}))

(defmacro ^:private failing [& body]
  `(try
     ~@body
     (catch AnomalyException e# (throw (failure e#)))))

;; Results

(defn- items-of [^Collection items]
  (persistent! (reduce (fn [v x] (conj! v (clj x))) (transient []) items)))

(defn- map-of [^Map m]
  (persistent! (reduce (fn [r ^java.util.Map$Entry e]
                         (assoc! r (clj (.getKey e)) (clj (.getValue e))))
                       (transient {}) (.entrySet m))))

(defn- clj
  "A result as Clojure's own data."
  [x]
  (cond
    (instance? Datom x) x
    (instance? Map x) (map-of x)
    (instance? Set x) (persistent! (reduce #(conj! %1 (clj %2)) (transient #{}) x))
    (instance? List x) (items-of x)
    (instance? Collection x) (items-of x)
    :else x))

(def ^:private chunk-size 32)

(defn- items
  "What an iterator gives, read as it is consumed."
  [^Iterator iterator]
  (lazy-seq
   (failing
    (when (.hasNext iterator)
      (let [buffer (chunk-buffer chunk-size)]
        (loop [n 0]
          (when (and (< n (long chunk-size)) (.hasNext iterator))
            (chunk-append buffer (.next iterator))
            (recur (inc n))))
        (chunk-cons (chunk buffer) (items iterator)))))))

(defn- page
  "What :offset and :limit of an arg map leave of a stream. All of a bounded page is read at once, so
  that a failure shows here; without a limit it is read as it is consumed."
  [arg-map ^Stream stream]
  (let [offset  (or (:offset arg-map) 0)
        limit   (if (some? (:limit arg-map)) (:limit arg-map) default-limit)
        skipped (.skip stream (long offset))]
    (if (neg? (long limit))
      (let [all (items (.iterator skipped))]
        (seq all) ; so that a mistake in the call shows here
        all)
      (failing (with-open [s (.limit ^Stream skipped (long limit))]
                 (vec (.toArray ^Stream s)))))))

;; Arguments

(defn- duration ^Duration [arg-map]
  (let [timeout (:timeout arg-map)]
    (cond
      (nil? timeout) QueryRequest/DEFAULT_TIMEOUT
      (and (int? timeout) (pos? (long timeout))) (Duration/ofMillis (long timeout))
      :else (throw (incorrect (str ":timeout is " (pr-str timeout)
                                   "; expected milliseconds, above 0."))))))

(defn- index ^Index [arg-map]
  (case (:index arg-map)
    :eavt Index/EAVT
    :aevt Index/AEVT
    :avet Index/AVET
    :vaet Index/VAET
    (throw (incorrect (str ":index is " (pr-str (:index arg-map))
                           "; expected :eavt, :aevt, :avet or :vaet.")))))

(defn- required [arg-map k]
  (if (some? (get arg-map k))
    (get arg-map k)
    (throw (incorrect (str k " is missing.")))))

(defn- request ^QueryRequest [arg-map]
  (let [{:keys [args offset limit query-stats io-context]} arg-map
        request (QueryRequest. (required arg-map :query)
                               (vec args)
                               (long (or offset 0))
                               (long (if (some? limit) limit -1))
                               (duration arg-map))]
    (cond-> request
      query-stats (as-> ^QueryRequest r (.withStats r))
      io-context (as-> ^QueryRequest r (.withIoContext r ^Keyword io-context)))))

(defn- with-stats
  "The plain result, with what the request asked for besides as metadata."
  [arg-map result convert]
  (if (or (:query-stats arg-map) (:io-context arg-map))
    (let [{:keys [ret io-stats query-stats]} (map-of result)]
      (let [found (convert ret)
            asked (cond-> {}
                    io-stats (assoc :io-stats io-stats)
                    query-stats (assoc :query-stats query-stats))]
        (if (instance? clojure.lang.IObj found)
          (vary-meta found merge asked)
          ;; One value, or none, has no metadata.
          (with-meta [found] (assoc asked ::value true)))))
    (convert result)))

(defn- tx-data
  "That of an arg map, which may be nil, as what a program computed; left out it is forgotten."
  [arg-map]
  (if (contains? arg-map :tx-data)
    (:tx-data arg-map)
    (required arg-map :tx-data)))

(defn- transaction ^Transaction [arg-map]
  (cond-> (-> (Transaction/of (or (tx-data arg-map) []))
              (.withTimeout (duration arg-map)))
    (:io-context arg-map)
    (as-> ^Transaction t (.withIoContext t ^Keyword (:io-context arg-map)))))

(defn- report [^TxReport report]
  (cond-> {:db-before (.dbBefore report)
           :db-after  (.dbAfter report)
           :tx-data   (vec (.toArray (.txData report)))
           :tempids   (into {} (.tempids report))}
    (seq (.ioStats report)) (assoc :io-stats (map-of (.ioStats report)))))

;; A db is the value itself

(extend-protocol protocols/Db
  Db
  (as-of [db time-point] (failing (.asOf db time-point)))
  (since [db time-point] (failing (.since db time-point)))
  (history [db] (failing (.history db)))
  (datoms [db arg-map]
    (page arg-map (failing (.datoms db (index arg-map) (object-array (:components arg-map))))))
  (index-range [db arg-map]
    (page arg-map
          (failing (.indexRange db (required arg-map :attrid) (:start arg-map) (:end arg-map)))))
  (index-pull [db arg-map]
    (map clj
         (page arg-map
               (failing (.indexPull db (index arg-map) (required arg-map :selector)
                                    (required arg-map :start)
                                    (boolean (:reverse arg-map)))))))
  (db-stats [db]
    (let [^valence.api.DbStats stats (failing (.stats db))]
      {:datoms (.datoms stats)
       :attrs  (into {} (map (fn [[ident n]] [ident {:count n}])) (.attributes stats))}))
  (pull
    ([db arg-map]
     (let [{:keys [eid io-context]} arg-map
           selector (required arg-map :selector)]
       (if (nil? eid) ; what a program looked for and didn't find
         (protocols/pull db selector eid)
         (let [request (cond-> (.withTimeout (PullRequest/of selector eid) (duration arg-map))
                         io-context
                         (as-> ^PullRequest r (.withIoContext r ^Keyword io-context)))]
           (not-empty (map-of (failing (.pull db ^PullRequest request))))))))
    ([db selector eid]
     (not-empty (map-of (failing (.pull db ^Object selector ^Object eid))))))
  (with [db arg-map]
    (report (failing (.with db (transaction (merge {:tx-data []} arg-map)))))))

;; What a query found, each row made Clojure's own when it is looked at; how many there are is known.
(deftype Rows [^List found meta rows]
  clojure.lang.IObj
  (meta [_] meta)
  (withMeta [_ meta] (Rows. found meta rows))

  Counted
  (count [_] (.size found))

  Sequential
  ISeq
  (first [_] (first @rows))
  (next [_] (next @rows))
  (more [_] (rest @rows))
  (cons [_ x] (cons x @rows))
  (empty [_] ())
  (equiv [_ other] (= (sequence @rows) other))
  (seq [this] (when-not (.isEmpty found) this))

  IHashEq
  (hasheq [_] (hash (sequence @rows)))

  Iterable
  (iterator [_] (clojure.lang.SeqIterator. (seq @rows)))

  Object
  (hashCode [_] (.hashCode ^Object (sequence @rows)))
  (equals [_ other] (.equals ^Object (sequence @rows) other))
  (toString [_] (pr-str (sequence @rows))))

(defn- rows-of [found]
  (Rows. found nil (delay (map clj found))))

(extend-protocol impl/Queryable
  Db
  (q [db arg-map]
    (with-stats arg-map (failing (.q db (request arg-map))) clj))
  (qseq [db arg-map]
    (if (or (:query-stats arg-map) (:io-context arg-map))
      (let [{:keys [ret io-stats query-stats]}
            (into {} (failing (.qseqWithStats db (request arg-map))))]
        (with-meta (rows-of ret) (cond-> {}
                                   io-stats (assoc :io-stats (clj io-stats))
                                   query-stats (assoc :query-stats (clj query-stats)))))
      (rows-of (failing (.qseq db (request arg-map)))))))

;; Connections and clients

(deftype DatomicConnection [^Connection connection]
  ILookup
  (valAt [this k] (.valAt this k nil))
  (valAt [_ k absent]
    (if (= :db-name k)
      (.dbName connection)
      (get (failing (.db connection)) k absent)))

  Object
  (equals [_ other]
    (and (instance? DatomicConnection other)
         (.equals connection (.-connection ^DatomicConnection other))))
  (hashCode [_] (.hashCode connection))
  (toString [_] (str "#valence/connection[" (pr-str (.dbName connection)) "]"))

  protocols/Connection
  (db [_] (failing (.db connection)))
  (transact [_ arg-map] (report (failing (.transact connection (transaction arg-map)))))
  (sync [_ t] (failing (.sync connection (long t))))
  (with-db [_] (failing (.withDb connection)))
  (tx-range [_ arg-map]
    (map (fn [^LogEntry entry] {:t (.t entry) :data (vec (.toArray (.data entry)))})
         (page arg-map (failing (.txRange connection (:start arg-map) (:end arg-map)))))))

(defn- db-name ^String [arg-map]
  (let [given (:db-name arg-map)]
    (cond
      (string? given) given
      (instance? clojure.lang.Named given) (name given)
      :else (throw (incorrect (str ":db-name is " (pr-str given) "; expected a string."))))))

(deftype DatomicClient [^valence.api.Client client]
  Object
  (toString [_] "#valence/client[]")

  protocols/Client
  (administer-system [_ arg-map]
    (case (:action arg-map)
      ;; Every database has the newest attributes of its own; naming one that isn't there is wrong.
      :upgrade-schema (do (failing (.connect client (db-name arg-map))) {})
      (throw (incorrect (str ":action is " (pr-str (:action arg-map))
                             "; expected :upgrade-schema.")))))
  (list-databases [_ arg-map]
    (page (update arg-map :limit #(if (some? %) % -1)) (let [^List names (failing (.listDatabases client))] (.stream names))))
  (connect [_ arg-map]
    (DatomicConnection. (failing (.connect client (db-name arg-map)))))
  (create-database [_ arg-map]
    (failing (.createDatabase client (db-name arg-map)))
    true)
  (delete-database [_ arg-map]
    (failing (.deleteDatabase client (db-name arg-map)))
    true))

(defmethod print-method DatomicConnection [connection ^java.io.Writer w] (.write w (str connection)))
(defmethod print-method DatomicClient [client ^java.io.Writer w] (.write w (str client)))
(defmethod print-method Db [^Db db ^java.io.Writer w]
  (.write w (str "#valence/db" (pr-str (into {:db-name (.dbName db) :t (.basisT db)}
                                             (filter (comp some? val))
                                             {:as-of (get db :as-of) :since (get db :since)
                                              :history (or (.isHistory db) nil)})))))
(defmethod print-method Datom [^Datom datom ^java.io.Writer w]
  (.write w (str "#datom" (pr-str (vec (.asList datom))))))

;; Systems

(defn- system [config]
  (DatomicClient. (failing (Valence/client config))))

(defn local
  "A system in this process. Of {:server-type :local} the rest is as Valence has it."
  [arg-map]
  (system (assoc (select-keys arg-map [:storage-dir :system :storage :encryption :functions :cache])
                 :server-type :local)))

(def ^:private local-files
  "Where programs of datomic-local look for a :storage-dir when their map has none."
  ["local.edn" "datomic-local.edn" "dev-local.edn"])

(defn- default-storage-dir []
  (some (fn [^String file]
          (let [file (java.io.File. (str (System/getProperty "user.home") "/.datomic") file)]
            (when (.isFile file)
              (:storage-dir (Edn/read (slurp file))))))
        local-files))

;; The last :storage-dir of each :system of this process.
(defonce ^:private local-systems (atom {}))

;; A :storage-dir for each :system whose clients are to be local.
(defonce ^:private diverted (atom {}))

(defn datomic-local
  "A system in this process, with the keys of datomic-local: each :system has a folder of its own
  below :storage-dir, which may be :mem. Without it, that of ~/.datomic/local.edn counts."
  [{:keys [system storage-dir]}]
  (when-not (and (string? system) (seq system))
    (throw (incorrect (str ":system is " (pr-str system) "; expected a name."))))
  (let [storage-dir (or storage-dir (default-storage-dir))
        client
        (cond
          (= :mem storage-dir)
          (local {:storage-dir :mem :system system})

          (and (string? storage-dir) (.isAbsolute (java.io.File. ^String storage-dir)))
          (local {:storage-dir (str (java.io.File. ^String storage-dir ^String system))})

          :else
          (throw (incorrect (str ":storage-dir is " (pr-str storage-dir)
                                 "; expected an absolute path, or :mem, here or in"
                                 " ~/.datomic/local.edn."))))]
    (swap! local-systems assoc system storage-dir)
    client))

(defn divert
  "Lets clients of a :system that isn't local be of one in this process from now on."
  [{:keys [system storage-dir]}]
  (let [storage-dir (or storage-dir (default-storage-dir))]
    (datomic-local {:system system :storage-dir storage-dir})
    (swap! diverted assoc system storage-dir)
    nil))

(defn release
  "Lets go what this process has of a database; of one in memory, that is all there is."
  [{:keys [system db-name storage-dir]}]
  (when (= :mem (or storage-dir (get @local-systems system)))
    (protocols/delete-database (datomic-local {:system system :storage-dir :mem})
                               {:db-name db-name}))
  true)

(defn- endpoint [text]
  (cond
    (not (string? text)) (throw (incorrect (str ":endpoint is " (pr-str text)
                                                "; expected http://host:8182.")))
    (re-find #"://" text) text
    :else (str "http://" text)))

(defn- address [{:keys [access-key secret proxy-port] :as arg-map}]
  (cond-> (select-keys arg-map [:profile :trust :timeout :socks-proxy])
    (:endpoint arg-map) (assoc :endpoint (endpoint (:endpoint arg-map)))
    (map? access-key) (assoc :access-key access-key)
    (string? access-key) (assoc :access-key {:id access-key :secret secret})
    proxy-port (assoc :socks-proxy (str "127.0.0.1:" proxy-port))))

(defn remote
  "The system of the node at :endpoint; :access-key is a map of :id and :secret, or the id beside
  :secret."
  [arg-map]
  (system (assoc (address arg-map) :server-type :remote)))

(defn ion
  "The system that this code is hosted by; elsewhere that of the node at :endpoint."
  [arg-map]
  (system (assoc (address arg-map) :server-type :ion)))

(defn client
  "The client of any :server-type that Valence or the open client api knows."
  [{:keys [server-type system] :as arg-map}]
  (case server-type
    :local (local arg-map)
    (:datomic-local :dev-local) (datomic-local arg-map)
    (:remote :peer-server) (remote arg-map)
    (:ion :cloud) (if-let [storage-dir (get @diverted system)]
                    (datomic-local {:system system :storage-dir storage-dir})
                    (ion arg-map))
    (throw (incorrect (str ":server-type is " (pr-str server-type)
                           "; expected :ion, :cloud, :remote, :peer-server, :datomic-local or :local.")))))
