(ns valence.datomic.copy
  "Copies a database by saying its transactions again, in their order, with their instants.

  Entities get other ids, but for those that every new database has. What is composed of other
  attributes follows from those and isn't said."
  (:require
   [datomic.client.api :as d]
   [valence.datomic :as valence])
  (:import (java.util Date)))

(def ^:private tx-id "datomic.tx")

(defn- tempid [eid] (str "copied-" eid))

(defn- entities
  "The ids of all entities of a db."
  [db]
  (into #{} (map :e) (d/datoms db {:index :eavt :limit -1})))

(defn- attributes
  "By id: :ident, :type, or :types of a tuple's members, and whether it is composed."
  [db]
  (into {}
        (map (fn [[{:db/keys [id ident valueType tupleAttrs tupleType tupleTypes]}]]
               [id {:ident ident
                    :type (:db/ident valueType)
                    :types (or tupleTypes (some-> tupleType repeat))
                    :composed (some? tupleAttrs)}]))
        (d/q '[:find (pull ?a [:db/id :db/ident {:db/valueType [:db/ident]} :db/tupleAttrs
                               :db/tupleType :db/tupleTypes])
               :where [?a :db/valueType]]
             db)))

(defn- within
  "A predicate of a transaction, by its instant or t, from a map of :since and :before."
  [{:keys [since before]}]
  (letfn [(at [point t ^Date instant]
            (if (instance? Date point) (compare instant point) (compare t point)))]
    (fn [t instant]
      (and (or (nil? since) (<= 0 (at since t instant)))
           (or (nil? before) (neg? (at before t instant)))))))

(defn- included
  "A predicate of a fact's attribute and transaction."
  [{:keys [include-attrs exclude-attrs] :as wanted}]
  (let [excluded? (set exclude-attrs)
        always    (within wanted)
        windows   (update-vals (or include-attrs {}) within)]
    (fn [ident t instant]
      (let [every-of (symbol (namespace ident) "*")
            window   (if (seq windows)
                       (or (windows ident) (windows every-of))
                       (constantly true))]
        (and (not (excluded? ident))
             (not (excluded? every-of))
             (always t instant)
             (some? window)
             (window t instant))))))

(defn- said
  "The tx-data of one transaction. `ids` are the new ids of entities by their old ones."
  [{:keys [t data]} {:keys [attributes schema? included?]} ids]
  (let [tx      (:tx (first data))
        id      (fn [eid] (cond (= eid tx) tx-id (ids eid) (ids eid) :else (tempid eid)))
        instant (some #(when (= :db/txInstant (:ident (attributes (:a %)))) (:v %)) data)
        value   (fn [{:keys [type types]} v]
                  (cond
                    (= :db.type/ref type) (id v)
                    types (mapv #(if (and (= :db.type/ref %1) %2) (id %2) %2) types v)
                    :else v))]
    (into []
          (keep (fn [{:keys [e a v added]}]
                  (let [{:keys [ident composed] :as attribute} (attributes a)]
                    (when (and (not composed)
                               (or (= e tx) (schema? e) (included? ident t instant)))
                      [(if added :db/add :db/retract) (id e) (id a) (value attribute v)]))))
          data)))

(defn copy-database
  "Makes :dest with what a :filter leaves of :source; how many transactions it had, as :txes."
  [{:keys [source dest] wanted :filter}]
  (let [from   (d/connect (d/client source) (select-keys source [:db-name]))
        target (d/client dest)
        named  (select-keys dest [:db-name])]
    (when (some #{(:db-name dest)} (d/list-databases target {:limit -1}))
      (throw (valence/incorrect (str "There is a database " (:db-name dest)
                                     " already; a copy is made as a new one."))))
    (d/create-database target named)
    (let [to      (d/connect target named)
          begin   (entities (d/db to))
          db      (d/db from)
          context {:attributes (attributes db)
                   :schema?    (into #{} (map first) (d/q '[:find ?e :where [?e :db/ident]] db))
                   :included?  (included wanted)}]
      (loop [txes (remove #(begin (:tx (first (:data %))))
                          (d/tx-range from {:start nil :end (inc (:t db)) :limit -1}))
             ids  (zipmap begin begin)
             done 0]
        (if-let [{:keys [data] :as tx} (first txes)]
          (let [{:keys [tempids]} (d/transact to {:tx-data (said tx context ids)})
                tx-eid (:tx (first data))
                made   (into {}
                             (keep (fn [eid] (when-let [now (tempids (tempid eid))] [eid now])))
                             (mapcat (fn [{:keys [e v]}] (if (int? v) [e v] [e])) data))]
            (recur (rest txes) (merge ids made {tx-eid (tempids tx-id)}) (inc done)))
          {:txes done})))))
