package valence.node.app;

import java.util.Set;

/// Which classes of Clojure the node and all of its applications share: those of data, without
/// state, and the interfaces that data and functions are known by.
///
/// Everything else of Clojure each revision has for itself, in the version it brings. So this set
/// has to be closed: a shared class knows no class outside of it that a revision could be asked for
/// by name, and nobody outside uses what is private to it, except where [OwnClojure] puts the
/// public way in its place. A test checks that against the node's Clojure, byte by byte.
final class SharedClojure {
  private static final String PACKAGE = "clojure.lang.";

  private static final Set<String> NAMES = Set.of(
      "AFn",
      "AMapEntry",
      "APersistentMap",
      "APersistentSet",
      "APersistentVector",
      "ASeq",
      "ATransientMap",
      "ATransientSet",
      "ArityException",
      "ArrayChunk",
      "Associative",
      "BigInt",
      "Cons",
      "Counted",
      "Fn",
      "IChunk",
      "IChunkedSeq",
      "IDeref",
      "IDrop",
      "IEditableCollection",
      "IExceptionInfo",
      "IFn",
      "IHashEq",
      "IKVReduce",
      "ILookup",
      "IMapEntry",
      "IMapIterable",
      "IMeta",
      "IObj",
      "IPending",
      "IPersistentCollection",
      "IPersistentList",
      "IPersistentMap",
      "IPersistentSet",
      "IPersistentStack",
      "IPersistentVector",
      "IReduce",
      "IReduceInit",
      "ISeq",
      "ITransientAssociative",
      "ITransientAssociative2",
      "ITransientCollection",
      "ITransientMap",
      "ITransientSet",
      "ITransientVector",
      "Indexed",
      "IndexedSeq",
      "IteratorSeq",
      "Keyword",
      "LazilyPersistentVector",
      "LazySeq",
      "MapEntry",
      "MapEquivalence",
      "Named",
      "Obj",
      "PersistentArrayMap",
      "PersistentHashMap",
      "PersistentHashSet",
      "PersistentList",
      "PersistentTreeMap",
      "PersistentTreeSet",
      "PersistentVector",
      "Ratio",
      "Reduced",
      "Reversible",
      "SeqIterator",
      "Seqable",
      "Sequential",
      "Sorted",
      "Symbol",
      "Tuple");

  private SharedClojure() {}

  /// Whether a class is shared; a nested one is when its outermost is.
  ///
  /// @param name as in `Class.getName`
  static boolean contains(String name) {
    if (!name.startsWith(PACKAGE)) {
      return false;
    }
    int nested = name.indexOf('$', PACKAGE.length());
    return NAMES.contains(name.substring(PACKAGE.length(), nested < 0 ? name.length() : nested));
  }
}
