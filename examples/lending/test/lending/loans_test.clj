(ns lending.loans-test
  (:require [clojure.edn :as edn]
            [clojure.java.io :as io]
            [clojure.test :refer [deftest is]]
            [datomic.client.api :as d]
            [lending.query :as query]
            [lending.loans :as loans]))

(defn- fresh-db []
  (let [client (d/client {:server-type :datomic-local :system (str (random-uuid)) :storage-dir :mem})]
    (d/create-database client {:db-name "test"})
    (doto (d/connect client {:db-name "test"})
      (d/transact {:tx-data (edn/read-string (slurp (io/resource "lending/schema.edn")))})
      (d/transact {:tx-data [{:book/isbn "1" :book/title "Sylvie and Bruno"}]}))))

(deftest a-book-is-lent-once
  (let [conn (fresh-db)
        due  #inst "2030-01-01"]
    (is (= [{:book/isbn "1" :book/lent-to "Ada" :book/due due}]
           (loans/lend (d/db conn) "1" "Ada" due)))
    (d/transact conn {:tx-data [(list 'lending.loans/lend "1" "Ada" due)]})
    (is (= "Ada" (:book/lent-to (d/pull (d/db conn) [:book/lent-to] [:book/isbn "1"]))))
    (is (= :cognitect.anomalies/conflict
           (try (d/transact conn {:tx-data [(list 'lending.loans/lend "1" "Bob" due)]})
                (catch clojure.lang.ExceptionInfo e
                  (:cognitect.anomalies/category (ex-data e))))))
    (d/transact conn {:tx-data [(list 'lending.loans/give-back "1")]})
    (is (nil? (d/pull (d/db conn) [:book/lent-to] [:book/isbn "1"])))))

(deftest what-was-due-before-now-is-overdue
  (is (query/overdue? #inst "2020" #inst "2021"))
  (is (not (query/overdue? #inst "2022" #inst "2021"))))
