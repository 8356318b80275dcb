(ns lending.loans
  "Transaction functions: from a database and arguments to tx-data."
  (:require [datomic.client.api :as d]
            [datomic.ion :as ion]))

(defn lend
  "Lends a book until a day, unless somebody has it."
  [db isbn reader due]
  (let [{:book/keys [title lent-to]} (d/pull db [:book/title :book/lent-to] [:book/isbn isbn])]
    (when lent-to
      (ion/cancel {:cognitect.anomalies/category :cognitect.anomalies/conflict
                   :cognitect.anomalies/message  (str title " is lent to " lent-to ".")
                   :book/isbn isbn}))
    [{:book/isbn isbn :book/lent-to reader :book/due due}]))

(defn give-back
  [db isbn]
  (let [{:book/keys [lent-to due]} (d/pull db [:book/lent-to :book/due] [:book/isbn isbn])]
    (when lent-to
      [[:db/retract [:book/isbn isbn] :book/lent-to lent-to]
       [:db/retract [:book/isbn isbn] :book/due due]])))
