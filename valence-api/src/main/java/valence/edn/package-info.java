/// EDN text: a reader and a printer that need no running Clojure.
///
/// Values are those of `org.clojure:clojure` (`Keyword`, `Symbol`, `PersistentVector`,
/// `IPersistentMap`, `IPersistentSet`, `IPersistentList`) and of the JDK (`String`, `Long`,
/// `BigInteger`, `Double`, `BigDecimal`, `Character`, `Boolean`, `Date`, `UUID`, `URI`, `byte[]`).
/// Each collection is a `java.util` collection too, can't be changed, and keeps the order of the
/// text. Whole numbers beyond a `Long`, and those with `N`, are `BigInteger`.
///
/// Input is bounded in depth and length, and a mistake is an `incorrect` anomaly with line and
/// column.
///
/// Source: the EDN specification, github.com/edn-format/edn. Beyond it, because queries use them:
/// `'x` is `(quote x)`, `#"re"` is a `java.util.regex.Pattern`, `^Hint x` is a symbol whose meta
/// holds `:tag`, `#:ns{:a 1}` is `{:ns/a 1}`, and `##NaN`, `##Inf` and `##-Inf` are doubles.
///
/// Doesn't touch `clojure.lang.RT`, whose first use loads clojure.core (most of a second). That
/// rules out many innocent calls on Clojure's own collections: `toString` of any; hashing and
/// comparing numbers (`PersistentHashMap` and `PersistentHashSet`, when a number or a vector of
/// numbers is put in or only looked for; `Util.equiv`); `get`, `iterator`, `equals` and `toArray`
/// of a `PersistentList`; `subList` of a vector; `seq` and `toArray` of a set. So lists, sets, and
/// maps but small ones with plain keys, are classes of this package, safe in those ways.
/// [valence.edn.Persistent] makes them for others, and takes apart what Clojure code made.
@NullMarked
package valence.edn;

import org.jspecify.annotations.NullMarked;
