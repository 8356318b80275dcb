(ns lending.web
  "The HTTP handler: a map of the request, to a map of the response."
  (:require [clojure.data.json :as json]
            [clojure.string :as str]
            [datomic.client.api :as d]
            [lending.db :as db]))

(defn- answer [status body]
  {:status status
   :headers {"content-type" "application/json"}
   :body (json/write-str body)})

(defn- lent [db]
  (for [[book] (d/q '[:find (pull ?e [:book/isbn :book/title
                                      [:book/lent-to :xform lending.query/initial]])
                      :where [?e :book/lent-to]]
                    db)]
    (update-keys book name)))

(defn- overdue [db]
  (d/q '[:find ?title ?reader
         :in $ ?now
         :where [?e :book/due ?due]
                [(lending.query/overdue? ?due ?now)]
                [?e :book/title ?title]
                [?e :book/lent-to ?reader]]
       db (java.util.Date.)))

(defn handler [{:keys [request-method uri body]}]
  (let [conn (db/conn)]
    (case [request-method uri]
      [:get "/lent"] (answer 200 (lent (d/db conn)))
      [:get "/overdue"] (answer 200 (overdue (d/db conn)))
      [:post "/lend"]
      (let [{:keys [isbn reader days]} (json/read-str (slurp body) :key-fn keyword)
            due (java.util.Date. (+ (System/currentTimeMillis) (* 86400000 days)))]
        (try
          (d/transact conn {:tx-data [(list 'lending.loans/lend isbn reader due)]})
          (answer 200 {:due (str (.toInstant due))})
          (catch clojure.lang.ExceptionInfo e
            (if (= :cognitect.anomalies/conflict (:cognitect.anomalies/category (ex-data e)))
              (answer 409 {:error (:cognitect.anomalies/message (ex-data e))})
              (throw e)))))
      (answer 404 {:error (str "There is nothing at " (str/upper-case (name request-method))
                               " " uri ".")}))))
