(ns datomic.ion.edn.api-gateway
  "The names under which a web handler finds the event of an API gateway: ::json, its text, and
  ::data, a map with keywords as keys.")
