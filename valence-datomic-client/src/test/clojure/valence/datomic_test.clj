(ns valence.datomic-test
  "A program of the client api, run against whatever system the client map names."
  (:require [clojure.test :refer [deftest is testing]]
            [datomic.client.api :as d]
            [datomic.client.api.alpha :as alpha]
            [datomic.dev-local :as dev-local]
            [datomic.ion :as ion]
            [datomic.ion.edn.api-gateway :as gateway]
            [datomic.ion.lambda.api-gateway :refer [ionize]]
            [datomic.local]))

(def ^:dynamic *client-map* {:server-type :datomic-local :system "test" :storage-dir :mem})

(def schema
  [{:db/ident :movie/title :db/valueType :db.type/string
    :db/cardinality :db.cardinality/one :db/unique :db.unique/identity}
   {:db/ident :movie/year :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
   {:db/ident :movie/tags :db/valueType :db.type/keyword :db/cardinality :db.cardinality/many}
   {:db/ident :movie/sequel :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}])

(defn- fresh-connection []
  (let [client (d/client *client-map*)
        db-name (str "movies-" (random-uuid))]
    (is (true? (d/create-database client {:db-name db-name})))
    (is (some #{db-name} (d/list-databases client {})))
    (let [conn (d/connect client {:db-name db-name})]
      (is (= db-name (:db-name conn)))
      (d/transact conn {:tx-data schema})
      conn)))

(defmacro anomaly-of [& body]
  `(try ~@body nil (catch clojure.lang.ExceptionInfo e# (ex-data e#))))

(deftest what-is-transacted-is-found-by-queries-and-pulls
  (let [conn (fresh-connection)
        {:keys [db-before db-after tx-data tempids]}
        (d/transact conn {:tx-data [{:db/id "a" :movie/title "Alien" :movie/year 1979
                                     :movie/tags [:space :horror]}
                                    {:movie/title "Aliens" :movie/year 1986 :movie/sequel "a"}]})
        db (d/db conn)]
    (is (= (:t db) (:t db-after) (inc (:t db-before))))
    (is (= #{"a"} (set (keys tempids))))
    (is (every? (comp #{true} :added) tx-data))
    (is (= #{["Alien" 1979] ["Aliens" 1986]}
           (set (d/q '[:find ?t ?y :where [?e :movie/title ?t] [?e :movie/year ?y]] db))))
    (is (= [["Aliens"]]
           (d/q {:query '[:find ?t :in $ ?y :where [?e :movie/year ?y] [?e :movie/title ?t]]
                 :args [db 1986] :timeout 5000})))
    (is (= 1 (count (d/q {:query '[:find ?t :where [_ :movie/title ?t]] :args [db] :limit 1}))))
    (is (= {:movie/title "Aliens" :movie/sequel {:movie/title "Alien"}}
           (d/pull db '[:movie/title {:movie/sequel [:movie/title]}] [:movie/title "Aliens"])
           (ffirst (d/q '[:find (pull ?e [:movie/title {:movie/sequel [:movie/title]}])
                          :where [?e :movie/sequel]] db))))
    (is (= #{:space :horror}
           (set (:movie/tags (d/pull db {:selector '[:movie/tags] :eid (tempids "a")})))))
    (is (nil? (d/pull db '[:movie/title] 17592186999999)))
    (is (= [{:title "Alien"} {:title "Aliens"}]
           (sort-by :title (d/q '[:find ?t :keys title :where [_ :movie/title ?t]] db))))
    (let [rows (d/qseq {:query '[:find (pull ?e [:movie/year]) :where [?e :movie/year]] :args [db]})]
      (is (= #{[{:movie/year 1979}] [{:movie/year 1986}]} (set rows)))
      (is (counted? rows))
      (is (= 2 (count rows)))
      (is (= (vec rows) rows))
      (is (= (pr-str (vec rows)) (pr-str (vec (seq rows)))))
      (is (= [[:x] 3] [(first (cons [:x] rows)) (count (cons [:x] rows))]))
      (is (empty? (d/qseq {:query '[:find ?e :where [?e :movie/title "None"]] :args [db]}))))
    (let [{:keys [ret query-stats]}
          (d/q {:query '[:find (count ?e) . :where [?e :movie/title]] :args [db] :query-stats true})]
      (is (= 2 ret))
      (is (contains? query-stats :phases)))))

(deftest indexes-are-read-by-position-and-key
  (let [conn (fresh-connection)
        _ (d/transact conn {:tx-data (for [i (range 1500)] {:movie/title (format "%04d" i)
                                                            :movie/year i})})
        db (d/db conn)]
    (is (= 1000 (count (d/datoms db {:index :aevt :components [:movie/year]}))))
    (is (= 1500 (count (d/datoms db {:index :aevt :components [:movie/year] :limit -1}))))
    (is (= ["0002" "0003"]
           (map :v (d/datoms db {:index :avet :components [:movie/title] :offset 2 :limit 2}))))
    (let [[[e a v tx added] :as datoms]
          (d/datoms db {:index :eavt :components [[:movie/title "0007"] :movie/year]})]
      (is (= 1 (count datoms)))
      (is (= [7 true] [v added]))
      (is (= [e a v tx added] ((juxt :e :a :v :tx :added) (first datoms)))))
    (is (= ["0003" "0004"]
           (map :v (d/index-range db {:attrid :movie/title :start "0003" :end "0005"}))))
    (is (= [{:movie/year 3} {:movie/year 2}]
           (d/index-pull db {:index :avet :selector [:movie/year] :start [:movie/title "0003"]
                             :reverse true :limit 2})))
    (is (= (:t db) (:t (last (d/tx-range conn {:start 1 :end nil})))))
    (is (= 1500 (get-in (d/db-stats db) [:attrs :movie/title :count])))))

(deftest databases-are-values
  (let [conn (fresh-connection)
        one  (:db-after (d/transact conn {:tx-data [{:movie/title "A" :movie/year 1}]}))
        two  (:db-after (d/transact conn {:tx-data [{:movie/title "A" :movie/year 2}]}))
        year #(:movie/year (d/pull % '[:movie/year] [:movie/title "A"]))]
    (is (= [1 2 1] (map year [one two (d/as-of two (:t one))])))
    (is (= #{[1 true] [1 false] [2 true]}
           (set (d/q '[:find ?y ?added :where [_ :movie/year ?y _ ?added]] (d/history two)))))
    (is (= [[2]] (d/q '[:find ?y :where [_ :movie/year ?y]] (d/since two (:t one)))))
    (is (= (:t two) (:t (d/sync conn (:t two)))))
    (let [{:keys [db-after]} (d/with (d/with-db conn) {:tx-data [{:movie/title "A" :movie/year 3}]})]
      (is (= [3 2] (map year [db-after (d/db conn)])))
      (is (= 4 (year (:db-after (d/with db-after {:tx-data [{:movie/title "A" :movie/year 4}]}))))))))

(deftest what-was-computed-may-be-nothing
  (let [conn (fresh-connection)
        db (d/db conn)]
    (is (= 1 (count (:tx-data (d/transact conn {:tx-data nil})))))
    (is (= 1 (count (:tx-data (d/with (d/with-db conn) {})))))
    (is (= {:db/id nil} (d/pull db '[*] nil) (d/pull db {:selector '[*] :eid nil})))
    (is (nil? (d/pull db {:selector '[:movie/title] :eid nil})))))

(deftest what-is-read-without-a-limit-is-read-lazily
  (let [conn (fresh-connection)
        _ (dotimes [i 3]
            (d/transact conn {:tx-data (for [j (range 100)] {:movie/title (str i "-" j)})}))
        db (d/db conn)
        all (d/datoms db {:index :aevt :components [:movie/title] :limit -1})]
    (is (seq? all))
    (is (= 300 (count all)))
    (is (= (map :t (d/tx-range conn {:start (- (:t db) 2) :limit -1}))
           (range (- (:t db) 2) (inc (:t db)))))
    (is (= 300 (count (d/index-pull db {:index :avet :selector [:movie/title]
                                        :start [:movie/title] :limit -1}))))
    (is (= () (d/datoms db {:index :aevt :components [:movie/year] :limit -1})))))

(deftest the-first-name-of-the-api-is-known
  (let [conn (fresh-connection)]
    (is (= (d/db conn) (alpha/db conn)))
    (is (= (keys (ns-publics 'datomic.client.api.alpha)) (keys (ns-publics 'datomic.client.api))))))

(deftest clients-of-a-system-can-be-diverted
  (let [system (str "elsewhere-" (random-uuid))
        named {:system system :db-name "shop"}
        client-map {:server-type :cloud :region "us-east-1" :system system
                    :endpoint "http://entry.elsewhere.us-east-1.datomic.net:8182/"}]
    (dev-local/divert-system {:system system :storage-dir :mem})
    (d/create-database (d/client client-map) named)
    (let [conn (d/connect (d/client (assoc client-map :server-type :ion)) named)]
      (d/transact conn {:tx-data schema}))
    (is (= ["shop"] (d/list-databases (d/client client-map) {})))
    (datomic.local/release-db named)
    (is (= [] (d/list-databases (d/client client-map) {})))))

(deftest databases-are-copied
  (let [conn (fresh-connection)
        source (assoc *client-map* :db-name (:db-name (d/db conn)))
        copy #(hash-map :server-type :datomic-local :storage-dir :mem :system "copies"
                        :db-name (str "copy-" (random-uuid)))
        dest (copy)
        small (copy)
        titles '[:find ?title ?added :where [_ :movie/title ?title _ ?added]]
        open #(d/db (d/connect (d/client %) %))]
    (d/transact conn {:tx-data [{:db/ident :movie/takes :db/valueType :db.type/tuple
                                 :db/tupleTypes [:db.type/ref :db.type/long]
                                 :db/cardinality :db.cardinality/one}
                                {:db/ident :movie/title+year :db/valueType :db.type/tuple
                                 :db/tupleAttrs [:movie/title :movie/year]
                                 :db/cardinality :db.cardinality/one}]})
    (d/transact conn {:tx-data [{:db/id "a" :movie/title "A" :movie/year 1}
                                {:movie/title "B" :movie/sequel "a" :movie/takes ["a" 7]}
                                {:db/id "datomic.tx" :db/doc "first"}]})
    (let [before (:t (d/db conn))]
      (d/transact conn {:tx-data [[:db/retract [:movie/title "A"] :movie/title "A"]
                                  {:movie/title "C"}]})
      (is (= 4 (:txes (dev-local/import-cloud {:source source :dest dest}))))
      (let [db (open dest)]
        (is (= (set (d/q titles (d/history (d/db conn)))) (set (d/q titles (d/history db)))))
        (is (= [[{:movie/sequel {:movie/year 1}}]]
               (d/q '[:find (pull ?e [{:movie/sequel [:movie/year]}]) :where [?e :movie/sequel]]
                    db)))
        (is (= [[1]] (d/q '[:find ?year :where [_ :movie/takes ?t] [(untuple ?t) [?e]]
                            [?e :movie/year ?year]] db)))
        (is (= (d/q '[:find ?doc ?at :where [?tx :db/doc ?doc] [?tx :db/txInstant ?at]]
                    (d/db conn))
               (d/q '[:find ?doc ?at :where [?tx :db/doc ?doc] [?tx :db/txInstant ?at]] db)))
        (is (= :cognitect.anomalies/incorrect
               (:cognitect.anomalies/category
                (anomaly-of (dev-local/import-cloud {:source source :dest dest}))))))
      (dev-local/import-cloud {:source source :dest small
                               :filter {:before (inc before) :exclude-attrs [:movie/year]
                                        :include-attrs {'movie/* {}}}})
      (let [db (open small)]
        (is (= #{["A"] ["B"]} (set (d/q '[:find ?t :where [_ :movie/title ?t]] db))))
        (is (= [] (d/q '[:find ?y :where [_ :movie/year ?y]] db)))))))

(deftest handlers-behind-a-gateway-find-its-event
  (let [handler (ionize (fn [request]
                          {:status 200
                           :body (-> request ::gateway/data :requestContext :stage)}))]
    (is (= {:status 200 :body "dev"}
           (handler {:request-method :get :uri "/" :json "{}"
                     :data (java.util.HashMap. {"requestContext"
                                                (java.util.HashMap. {"stage" "dev"})})})))
    (is (= :cognitect.anomalies/incorrect
           (:cognitect.anomalies/category (anomaly-of (handler {:input "{}"})))))))

(deftest failures-are-anomalies
  (let [conn (fresh-connection)
        client (d/client *client-map*)]
    (d/transact conn {:tx-data [{:movie/title "A" :movie/year 1}]})
    (is (= {:cognitect.anomalies/category :cognitect.anomalies/conflict :db/error :db.error/cas-failed}
           (select-keys (anomaly-of (d/transact conn {:tx-data [[:db/cas [:movie/title "A"] :movie/year 7 8]]}))
                        [:cognitect.anomalies/category :db/error])))
    (doseq [[category call]
            {:incorrect #(d/transact conn {:tx-data [[:db/add "x" :no/attribute 1]]})
             :not-found #(d/connect client {:db-name "nowhere"})}]
      (is (= (keyword "cognitect.anomalies" (name category))
             (:cognitect.anomalies/category (anomaly-of (call))))))
    (doseq [call [#(d/q '[:find ?e :where [?e]] 1)
                  #(d/datoms (d/db conn) {:index :none})
                  #(d/transact conn {})
                  #(d/client {:server-type :other})
                  #(d/administer-system client {:action :other})]]
      (is (= :cognitect.anomalies/incorrect (:cognitect.anomalies/category (anomaly-of (call))))))
    (is (= {:cognitect.anomalies/category :cognitect.anomalies/conflict
            :cognitect.anomalies/message "No." :datomic/cancelled true}
           (anomaly-of (ion/cancel {:cognitect.anomalies/category :cognitect.anomalies/conflict
                                    :cognitect.anomalies/message "No."}))))))
