(ns datomic.ion
  "What programs written for Datomic Ions ask of their surroundings, answered by Valence."
  (:import (valence.ion AppInfo Env Params)
           (valence.api AnomalyException)
           (valence.edn Edn)))

(defn get-app-info
  "A map of at least :app-name, :deployment-group and :rev; on a node and wherever the surroundings
  are said otherwise. Nil where nobody says them."
  []
  (try
    (let [info (AppInfo/current)]
      {:app-name (.appName info)
       :deployment-group (.group info)
       :rev (.revision info)})
    (catch AnomalyException _
      (some-> (System/getenv "DATOMIC_APP_INFO_MAP") Edn/read))))

(defn get-env
  "The environment map of the compute group; nil where nobody set one."
  []
  (or (not-empty (into {} (Env/current)))
      (some-> (System/getenv "DATOMIC_ENV_MAP") Edn/read)))

(defn get-params
  "The parameters below :path, by the rest of their paths; all strings."
  [{:keys [path]}]
  (into {} (Params/at path)))

(defn cancel
  "Ends a transaction or query on purpose, with an anomaly: :cognitect.anomalies/category, which is
  :incorrect or :conflict of that namespace, :cognitect.anomalies/message, and namespaced keys."
  [{:cognitect.anomalies/keys [category message] :as anomaly}]
  (when-not (#{:cognitect.anomalies/incorrect :cognitect.anomalies/conflict} category)
    (throw (IllegalArgumentException.
            (str "cancel was given the category " (pr-str category)
                 "; expected :cognitect.anomalies/incorrect or :cognitect.anomalies/conflict"))))
  (throw (ex-info (or message "Cancelled.")
                  (merge {:cognitect.anomalies/message "Cancelled." :datomic/cancelled true}
                         anomaly))))
