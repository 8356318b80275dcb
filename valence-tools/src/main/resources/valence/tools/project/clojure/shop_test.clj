(ns {{namespace}}.shop-test
  (:require [clojure.java.io :as io]
            [clojure.test :refer [deftest is run-tests]]
            [{{namespace}}.shop :as shop])
  (:import (valence.api Connection Valence)))

(set! *warn-on-reflection* true)

(deftest taking-leaves-the-rest
  (with-open [client (Valence/client {:server-type :local :storage-dir :mem})]
    (.createDatabase client "test")
    (let [^Connection connection (.connect client "test")]
      (.transact connection ^Object (slurp (io/resource "schema.edn")))
      (shop/fill connection)
      (is (= "tea-01 10 good\n" (shop/items (.db connection) "")))
      (.transact connection ^Object (shop/take-pieces (.db connection) "tea-01" 7))
      (is (= "tea-01 3 low\n" (shop/items (.db connection) "")))
      (is (thrown-with-msg? Exception #"are 3 left"
                            (shop/take-pieces (.db connection) "tea-01" 4))))
    (.deleteDatabase client "test")))

(defn -main [& _]
  (let [{:keys [fail error]} (run-tests '{{namespace}}.shop-test)]
    (shutdown-agents)
    (System/exit (if (zero? (+ fail error)) 0 1))))
