(ns datomic.ion.cast
  "What programs written for Datomic Ions say to whoever watches them, said to Valence."
  (:import (valence.ion Cast)))

(defn event [said] (Cast/event said) nil)
(defn alert [said] (Cast/alert said) nil)
(defn metric [said] (Cast/metric said) nil)
(defn dev [said] (Cast/dev said) nil)

(defn initialize-redirect
  "Sends what this process says to :stdout, :stderr, a file, or, with :tap, to `tap>`. No effect on a
  node, where the node's log takes it."
  [target]
  (if (= :tap target)
    (clojure.lang.Reflector/invokeStaticMethod
     "valence.ion.Cast" "redirect"
     (object-array [(reify java.util.function.BiConsumer
                      (accept [_ kind said] (tap> (assoc (into {} said) :cast/kind kind))))]))
    (clojure.lang.Reflector/invokeStaticMethod
     "valence.ion.Cast" "redirect"
     (object-array [(if (keyword? target) (name target) (str target))])))
  nil)
