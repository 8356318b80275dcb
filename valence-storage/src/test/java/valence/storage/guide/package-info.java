/// The user guide as a test: every example in `docs/guide` is run, and must give what the page
/// says.
///
/// Each page has a database of its own, empty at first, and its examples are run from top to
/// bottom. Two kinds of fenced blocks are examples; plain ones, `edn` and `xml` are for people.
/// There is one other, `java path` or `clojure path`: a file of the class path on which the page's
/// database finds functions.
///
/// # `clojure`: steps
///
/// A step is a list that begins at the start of a line; what is expected of it follows as comments:
///
///     (q [:find [?sku ...] :where [_ :item/sku ?sku]] db)
///     ;=> ["tea-01" "tea-02"]
///     (transact [[:db/cas [:item/sku "tea-01"] :item/free 3 2]])
///     ;!! conflict :db.error/cas-failed "10"
///
/// | step | answer |
/// | --- | --- |
/// | `(transact tx-data)` | what it said, without the transaction's instant: `[ident value added]` … |
/// | `(q query db input…)` | as [valence.api.Db#q] |
/// | `(pull db pattern entity)` | as [valence.api.Db#pull] |
/// | `(entid db entity)` | whether something is named so |
///
/// where `db` is the newest value, or `(as-of db point)`, `(since db point)`, `(history db)` or
/// `(with db tx-data)` of one; any input of a query can be one.
///
/// `;=>` is the answer as EDN. Rows and datoms may come in any order; `_` stands for anything.
/// `;!!` is the anomaly: its category, its `:db/error` if it has one, and words of its message if
/// the page shows any. Lines that begin with `;` continue either. A step of which nothing is
/// expected must succeed.
///
/// # `java`: programs
///
/// A whole source file with a `main`, or statements that see the page's `connection` and the
/// imports of `valence.api` and `valence.api.record`. What it prints is what its `//=>` comments
/// say, one line each.
@NullMarked
package valence.storage.guide;

import org.jspecify.annotations.NullMarked;
