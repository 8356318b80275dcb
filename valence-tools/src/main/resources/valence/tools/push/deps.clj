;; Resolves the deps.edn of the current folder, in a process of its own, and writes what it found
;; as EDN: {:paths [...] :libs [{:name :kind :version :paths}]}, or {:error text}.
(require '[clojure.tools.deps :as deps])

(defn- kind [{:keys [local/root git/sha mvn/version]}]
  (cond root :local, sha :git, version :maven, :else :other))

(defn- lib [[name {:keys [paths] :as found}]]
  {:name (str name)
   :kind (kind found)
   :version (str (or (:git/sha found) (:mvn/version found) (:local/root found)))
   :paths (vec paths)})

(defn- resolved [local-repo]
  (let [basis (deps/create-basis
               (cond-> {:user nil}
                 local-repo (assoc :extra {:mvn/local-repo local-repo})))
        order (zipmap (:classpath-roots basis) (range))]
    {:paths (vec (:paths basis))
     :libs  (->> (:libs basis)
                 (map lib)
                 (sort-by (juxt #(reduce min Long/MAX_VALUE (keep order (:paths %))) :name))
                 vec)}))

(defn- explain [^Throwable e]
  (loop [e e]
    (if-let [cause (and (not (ex-data e)) (.getCause e))]
      (recur cause)
      (or (ex-message e) (str e)))))

(let [[out local-repo] *command-line-args*
      answer (try
               (resolved (not-empty local-repo))
               (catch Throwable e {:error (explain e)}))]
  (spit out (binding [*print-namespace-maps* false] (pr-str answer)))
  (shutdown-agents)
  (System/exit 0))
