(ns lending.events
  "Lambda functions: a map of the payload and the context, to text."
  (:require [clojure.data.json :as json]
            [datomic.client.api :as d]
            [datomic.ion.cast :as cast]
            [lending.db :as db]))

(defn add-books
  "Adds the books of a JSON list of {\"isbn\" \"title\"}; the same list again changes nothing."
  [{:keys [input]}]
  (let [books (for [{:keys [isbn title]} (json/read-str input :key-fn keyword)]
                {:book/isbn isbn :book/title title})]
    (d/transact (db/conn) {:tx-data books})
    (cast/event {:msg "BooksAdded" :lending/count (count books)})
    (json/write-str {:added (count books)})))
