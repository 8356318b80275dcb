(ns {{namespace}}.shop
  (:require [clojure.string :as str])
  (:import (valence.api Client Connection Db Valence)
           (valence.ion Tx)))

(set! *warn-on-reflection* true)

(def database "{{name}}")

(defn level
  "Query function: [({{namespace}}.shop/level ?free) ?level] binds out, low or good."
  [free]
  (cond (zero? free) "out"
        (< free 5)   "low"
        :else        "good"))

(defn take-pieces
  "Transaction function: [{{namespace}}.shop/take-pieces \"tea-01\" 3] takes three pieces, or none
  when fewer are free."
  [^Db db sku quantity]
  (let [item [:item/sku sku]
        free (get (.pull db "[:item/free]" item) :item/free)]
    (cond (nil? free)
          (throw (Tx/cancel "incorrect" (str "There is no item " sku ".")))

          (or (< quantity 1) (< free quantity))
          (throw (Tx/cancel "conflict" (str "Of " sku " are " free " left.")))

          :else
          [{:db/id item :item/free (- free quantity)}])))

(defn items
  "A line for each item whose line has the ending."
  [^Db db ending]
  (->> (.q db "[:find ?sku ?free :where [?i :item/sku ?sku] [?i :item/free ?free]]" (object-array 0))
       (map (fn [[sku free]] (str sku " " free " " (level free))))
       (filter #(str/ends-with? % ending))
       sort
       (map #(str % "\n"))
       str/join))

(defn- client
  "The system that this code runs in. Asked for at each use: on a node that costs nothing, and while
  a namespace loads there is no system yet."
  ^Client []
  (Valence/client {:server-type :ion}))

(defn- connection ^Connection []
  (.connect (client) database))

(defn fill
  "An item, if there is none."
  [^Connection connection]
  (let [db (.db connection)]
    (if (= "" (items db ""))
      (.dbAfter (.transact connection ^Object [{:item/sku "tea-01" :item/free 10}]))
      db)))

(defn setup
  "Lambda handler: puts something on an empty shelf."
  [_]
  (items (fill (connection)) ""))

(defn low
  "Lambda handler: the items to be ordered."
  [_]
  (items (.db (connection)) " low"))

(defn handle
  "HTTP handler: GET /items."
  [{:keys [request-method uri]}]
  (if (= [:get "/items"] [request-method uri])
    {:status 200 :headers {"content-type" "text/plain"} :body (items (.db (connection)) "")}
    {:status 404 :headers {"content-type" "text/plain"} :body "There is GET /items.\n"}))
