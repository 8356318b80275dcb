(ns valence.storage.local.stock-fns
  (:require [clojure.string :as str])
  (:import (valence.api Db)))

(defn take-items
  "A transaction function."
  [^Db db sku quantity]
  (let [item [:item/sku sku]
        free (get (.pull db [:item/free] item) :item/free)]
    (when (< free quantity)
      (throw (ex-info "Too few." {:cognitect.anomalies/category :cognitect.anomalies/conflict
                                  :cognitect.anomalies/message (str "Only " free " are left.")})))
    (list {:db/id item :item/free (- free quantity)})))

(defn take-twice
  "Calls another of them."
  [_ sku]
  [(list 'valence.storage.local.stock-fns/take-items sku 1)])

(defn shout [s] (str/upper-case s))

(defn scarce? [free] (< free 5))

(defn positive? [free] (not (neg? free)))

(defn spread [xs] (- (apply max xs) (apply min xs)))

(defn two [a b] [a b])

(def not-a-function 7)

(defmacro a-macro [] 7)
