package valence.engine.indexing;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Order;
import valence.engine.schema.Bootstrap;
import valence.engine.store.BlobId;

/// Durable indexes of one database, and where its log continues them.
///
/// @param t             the newest transaction that is in them
/// @param logEnd        the position behind that transaction's record
/// @param nextEntity    the index of the next new entity
/// @param nextAttribute the id of the next new attribute
/// @param bootstrapFacts how many facts every database began with when it was made; they stand in
/// no
///     log, so where there are others now the root can't be read
/// @param current       by the ordinal of their order, the trees of what was true at t
/// @param past          by the ordinal of their order, the trees of what had ended by t
/// @param distinct      the counts of different values and entities; null where an earlier version
///     made the root
public record IndexRoot(
    long t,
    long logEnd,
    long nextEntity,
    int nextAttribute,
    int bootstrapFacts,
    List<TreeRoot> current,
    List<TreeRoot> past,
    @Nullable BlobId distinct) {
  private static final Keyword T = Keyword.intern("t");
  private static final Keyword LOG_END = Keyword.intern("log-end");
  private static final Keyword NEXT_ENTITY = Keyword.intern("next-entity");
  private static final Keyword NEXT_ATTRIBUTE = Keyword.intern("next-attribute");
  private static final Keyword BOOTSTRAP = Keyword.intern("bootstrap");
  private static final Keyword CURRENT = Keyword.intern("current");
  private static final Keyword PAST = Keyword.intern("past");
  private static final Keyword DISTINCT = Keyword.intern("distinct");

  public IndexRoot {
    current = List.copyOf(current);
    past = List.copyOf(past);
  }

  boolean isReadable() {
    return bootstrapFacts == Bootstrap.facts().size();
  }

  /// As EDN, of which a text can be made:
  ///
  ///     {:t 7 :log-end 5 :next-entity 1009 :next-attribute 76 :bootstrap 391
  ///      :current [["<blob id>" 431] …] :past [[nil 0] …] :distinct "<blob id>"}
  public Map<Object, Object> toMap() {
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put(T, t);
    map.put(LOG_END, logEnd);
    map.put(NEXT_ENTITY, nextEntity);
    map.put(NEXT_ATTRIBUTE, (long) nextAttribute);
    map.put(BOOTSTRAP, (long) bootstrapFacts);
    map.put(CURRENT, texts(current));
    map.put(PAST, texts(past));
    if (distinct != null) {
      map.put(DISTINCT, distinct.hex());
    }
    return map;
  }

  private static List<Object> texts(List<TreeRoot> trees) {
    List<Object> all = new ArrayList<>();
    for (TreeRoot tree : trees) {
      List<@Nullable Object> one = new ArrayList<>();
      one.add(tree.segment() == null ? null : tree.segment().hex());
      one.add(tree.rows());
      all.add(one);
    }
    return all;
  }

  /// Reads what [#toMap] made.
  ///
  /// @throws RuntimeException of the JDK, when it is something else
  public static IndexRoot of(Map<?, ?> map) {
    return new IndexRoot(
        number(map.get(T)),
        number(map.get(LOG_END)),
        number(map.get(NEXT_ENTITY)),
        Math.toIntExact(number(map.get(NEXT_ATTRIBUTE))),
        Math.toIntExact(number(map.get(BOOTSTRAP))),
        trees(map.get(CURRENT)),
        trees(map.get(PAST)),
        map.get(DISTINCT) instanceof String id ? new BlobId(id) : null);
  }

  private static List<TreeRoot> trees(@Nullable Object value) {
    List<TreeRoot> trees = new ArrayList<>();
    for (Object each : (List<?>) required(value)) {
      List<?> one = (List<?>) required(each);
      Object id = one.get(0);
      trees.add(new TreeRoot(id == null ? null : new BlobId((String) id), number(one.get(1))));
    }
    if (trees.size() != Order.values().length) {
      throw new IllegalArgumentException(trees.size() + " trees");
    }
    return trees;
  }

  private static long number(@Nullable Object value) {
    return (Long) required(value);
  }

  private static Object required(@Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException("something is missing");
    }
    return value;
  }

  /// @param segment the topmost; null when there are no rows
  public record TreeRoot(@Nullable BlobId segment, long rows) {}
}
