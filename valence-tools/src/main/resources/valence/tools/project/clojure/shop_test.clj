(ns {{namespace}}.shop-test
  (:require [clojure.test :refer [deftest is run-tests]]
            [{{namespace}}.shop :as shop])
  (:import (valence.test TestSystem)))

(set! *warn-on-reflection* true)

;; The application as its callers reach it, on a system of its own, in memory.
(deftest what-is-taken-is-gone
  (with-open [system (TestSystem/open)]
    (let [ions (.ions system)
          connection (.connect (.client system) shop/database)]
      (.invoke ions "setup" "{}")
      (is (= "tea-01 10 good\n" (.text (.get ions "/items"))))
      (.transact connection "[[{{namespace}}.shop/take-pieces \"tea-01\" 7]]")
      (is (= "tea-01 3 low\n" (.text (.get ions "/items"))))
      (is (thrown-with-msg? Exception #"are 3 left"
                            (shop/take-pieces (.db connection) "tea-01" 4))))))

(defn -main [& _]
  (let [{:keys [fail error]} (run-tests '{{namespace}}.shop-test)]
    (shutdown-agents)
    (System/exit (if (zero? (+ fail error)) 0 1))))
