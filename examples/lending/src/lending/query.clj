(ns lending.query
  "Functions of queries and pulls: from data to data."
  (:import (java.util Date)))

(defn overdue?
  "Whether a book was due before a moment."
  [^Date due ^Date now]
  (.before due now))

(defn initial
  "A reader, as others may see them."
  [reader]
  (str (first reader) "."))
