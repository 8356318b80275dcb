package valence.engine.pull;

import clojure.lang.Keyword;
import clojure.lang.PersistentArrayMap;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Index;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.schema.Schema;

/// Where pulls begin. Safe for many threads.
public final class Pull {
  private static final KeptPatterns PATTERNS = new KeptPatterns();

  private Pull() {}

  /// The pattern of EDN data or text, checked.
  ///
  /// @param edn    a collection, or text of one; most are parsed once for a schema
  /// @param schema of the database value that the pattern is for
  public static PullPattern pattern(@Nullable Object edn, Schema schema) {
    return edn == null ? PatternParser.parse(null, schema) : PATTERNS.of(edn, schema);
  }

  /// What a pattern names that isn't known.
  public static Unknown unknown(Object edn, Schema schema) {
    Unknown unknown = new Unknown();
    PatternParser.parse(edn, schema, unknown);
    return unknown;
  }

  /// What the pattern selects of an entity; null when that is nothing.
  ///
  /// @param pattern parsed against the schema of the database value
  /// @param entity  an entity id, or [Schema#NONE] for what names no entity. Of an entity without
  ///     facts, and of none, a pattern selects `:db/id` (nil of none), defaults, and what functions
  ///     make of nil
  public static @Nullable Map<Object, Object> pull(
      Database db, PullPattern pattern, long entity, FunctionResolver functions) {
    return puller(db, pattern, functions, _ -> {}).apply(entity);
  }

  /// What the pattern selects of each of several entities, as [#pull] of one. What entities refer
  /// to in common is mostly pulled once. For one thread.
  ///
  /// @param cut told the attributes of which values were left out by a limit that nobody wrote
  public static LongFunction<@Nullable Map<Object, Object>> puller(
      Database db, PullPattern pattern, FunctionResolver functions, Consumer<Keyword> cut) {
    Puller puller = new Puller(db, functions, cut);
    return entity -> {
      checkView(db);
      return puller.pull(pattern, entity);
    };
  }

  /// The pattern pulled from entities in the order of an index, as the stream is consumed; an
  /// empty map for each entity of which nothing is selected.
  ///
  /// @param index   [Index#AVET] pulls e, [Index#AEVT] pulls v
  /// @param start the attribute and what to start at, `[a v e]` or `[a e v]`; the range goes on to
  ///     the attribute's end
  /// @param reverse from the start downwards
  public static Stream<Map<Object, Object>> indexPull(
      Database db,
      Index index,
      PullPattern pattern,
      Collection<?> start,
      boolean reverse,
      FunctionResolver functions) {
    return IndexPull.stream(db, index, pattern, start, reverse, functions);
  }

  /// A result, or the empty map for nothing: what the api shows of one.
  @SuppressWarnings("unchecked") // persistent maps are raw maps
  public static Map<Object, Object> orEmpty(@Nullable Map<Object, Object> result) {
    return result == null ? (Map<Object, Object>) PersistentArrayMap.EMPTY : result;
  }

  static void checkView(Database db) {
    if (db.view().history()) {
      throw Anomaly.incorrect(
              "db.error/invalid-pull",
              "Can't pull from history.",
              "Expected a value that shows what is true at a time.",
              "Pull from the database without history, or as of a time.")
          .toException();
    }
  }
}
