(ns datomic.ion.lambda.api-gateway
  "Web handlers behind an API gateway."
  (:require
   [datomic.ion.edn.api-gateway :as edn]
   [valence.datomic :as valence])
  (:import (java.util List Map)))

(defn- keyworded
  "JSON data as maps with keywords as keys."
  [x]
  (cond
    (instance? Map x) (into {} (map (fn [[k v]] [(keyword k) (keyworded v)])) x)
    (instance? List x) (mapv keyworded x)
    :else x))

(defn ionize
  "A web handler as the function of a Lambda that is declared with
  :integration :api-gateway/proxy: the node translates the events of the gateway."
  [handler]
  (fn [{:keys [request-method json data] :as request}]
    (when-not request-method
      (throw (valence/incorrect (str "An ionized handler was given what isn't a request. Declare its"
                                     " Lambda with :integration :api-gateway/proxy."))))
    (handler (cond-> request
               json (assoc ::edn/json json)
               data (assoc ::edn/data (keyworded data))))))
