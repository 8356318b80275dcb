package valence.tools.session;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;
import valence.client.NodeClient;
import valence.wire.DbValue;
import valence.wire.Fields;

/// A database of a node. Safe for many threads.
public record NodeDatabase(NodeClient node, String name) {
  /// As long as a node lets a query ask for.
  private static final long TIMEOUT_MILLIS = 600_000;

  private static final Duration CHUNK_PATIENCE = Duration.ofMinutes(1);

  /// The newest value, with its t: it stays what it is while others write.
  public DbValue newest() {
    Object answer = node.call("db", Map.of(kw("db-name"), name));
    if (answer instanceof DbValue value) {
      return value;
    }
    throw Fields.of("The answer to db", Map.of()).wrong("db", "a database value");
  }

  /// What a query finds, whose first input is a value of this database.
  public @Nullable Object q(DbValue db, Object query, @Nullable Object... inputs) {
    List<@Nullable Object> args = new ArrayList<>();
    args.add(db);
    args.addAll(Arrays.asList(inputs));
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("query"), query);
    request.put(kw("args"), args);
    request.put(kw("timeout"), TIMEOUT_MILLIS);
    return node.call("q", request);
  }

  /// The rows of a query that finds a relation, or the values of one that finds a collection.
  public List<?> rows(DbValue db, Object query, @Nullable Object... inputs) {
    return q(db, query, inputs) instanceof java.util.Collection<?> rows
        ? List.copyOf(rows)
        : List.of();
  }

  /// As [#q], with how it was run.
  public @Nullable Object explained(DbValue db, Object query, List<?> inputs) {
    List<@Nullable Object> args = new ArrayList<>();
    args.add(db);
    args.addAll(inputs);
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("query"), query);
    request.put(kw("args"), args);
    request.put(kw("plan"), true);
    return node.call("q", request);
  }

  public @Nullable Object pull(DbValue db, @Nullable Object pattern, @Nullable Object entity) {
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("db"), db);
    request.put(kw("selector"), pattern);
    request.put(kw("eid"), entity);
    return node.call("pull", request);
  }

  /// A page of an index, in its order.
  public List<Datom> datoms(DbValue db, String index, List<?> components, long offset, long limit) {
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("db"), db);
    request.put(kw("index"), kw(index));
    request.put(kw("components"), components);
    request.put(kw("offset"), offset);
    request.put(kw("limit"), limit);
    List<Datom> datoms = new ArrayList<>();
    if (node.call("datoms", request) instanceof Iterable<?> all) {
      for (Object each : all) {
        if (each instanceof Datom datom) {
          datoms.add(datom);
        }
      }
    }
    return datoms;
  }

  /// An index from its begin to its end, read as it arrives. To be closed.
  public Stream<Datom> datoms(DbValue db, String index) {
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("db"), db);
    request.put(kw("index"), kw(index));
    request.put(kw("components"), List.of());
    return node.rows("datoms", request, CHUNK_PATIENCE).map(Datom.class::cast);
  }

  /// Says facts. The same request id is applied once, however often it is sent.
  public Fields transact(Object data, UUID requestId) {
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("db-name"), name);
    request.put(kw("tx-data"), data);
    request.put(kw("request-id"), requestId);
    return Fields.of("The answer to transact", node.call("transact", request));
  }

  /// A page of the log.
  ///
  /// @param start a t or an instant; so is the end, which is left out
  public List<?> log(@Nullable Object start, @Nullable Object end, long limit) {
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("db-name"), name);
    request.put(kw("limit"), limit);
    request.put(kw("start"), start);
    if (end != null) {
      request.put(kw("end"), end);
    }
    return node.call("tx-range", request) instanceof List<?> entries ? entries : List.of();
  }
}
