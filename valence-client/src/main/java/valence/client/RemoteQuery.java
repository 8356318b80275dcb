package valence.client;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Db;
import valence.api.QueryRequest;
import valence.edn.Persistent;
import valence.wire.LogValue;
import valence.wire.RowsReader;

/// Queries on their way to a node.
final class RemoteQuery {
  private static final Duration TIMEOUT_MAX = Duration.ofMinutes(10);

  private RemoteQuery() {}

  static @Nullable Object q(RemoteClient client, QueryRequest request) {
    Map<Keyword, @Nullable Object> fields = fields(client, request);
    Duration timeout = timeout(request);
    fields.put(RemoteRows.CHUNK, RemoteRows.CHUNK_ROWS);
    return switch (client.requests().open("q", fields, UUID.randomUUID(), timeout, true)) {
      case NodeClient.Answered.Whole(var value) -> value;
      case NodeClient.Answered.Chunks(RowsReader rows, _) -> whole(client, timeout, rows);
    };
  }

  private static Object whole(RemoteClient client, Duration timeout, RowsReader reader) {
    List<@Nullable Object> all = new ArrayList<>();
    try (reader) {
      for (Optional<List<?>> chunk = RemoteRows.within(timeout, reader);
          chunk.isPresent();
          chunk = RemoteRows.within(timeout, reader)) {
        all.addAll(chunk.get());
      }
      return Persistent.vector(all);
    } catch (IOException e) {
      throw client.requests().node().unknown("broke the answer off", e);
    }
  }

  static List<@Nullable Object> qseq(RemoteClient client, QueryRequest request) {
    Map<Keyword, @Nullable Object> fields = fields(client, request);
    fields.put(RemoteRows.CHUNK, RemoteRows.CHUNK_ROWS);
    return RemoteSeq.of(client.requests(), fields, timeout(request));
  }

  static Map<Keyword, Object> qseqWithStats(RemoteClient client, QueryRequest request) {
    Object answer = client
        .requests()
        .call("qseq", fields(client, request), timeout(request), Requests.Harm.NONE);
    Map<Keyword, Object> map = new LinkedHashMap<>();
    if (answer instanceof Map<?, ?> found) {
      found.forEach((key, value) -> {
        if (key instanceof Keyword keyword && value != null) {
          map.put(keyword, value);
        }
      });
    } else if (answer != null) {
      map.put(kw("ret"), answer);
    }
    return map;
  }

  static Duration timeout(QueryRequest request) {
    Duration asked = request.timeout();
    return asked.compareTo(TIMEOUT_MAX) < 0 ? asked : TIMEOUT_MAX;
  }

  static Map<Keyword, @Nullable Object> fields(RemoteClient client, QueryRequest request) {
    Map<Keyword, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put(kw("query"), request.query());
    List<@Nullable Object> args = new ArrayList<>();
    for (Object arg : request.args()) {
      args.add(
          switch (arg) {
            case Db db -> described(client, db);
            case RemoteConnection connection -> new LogValue(connection.dbName());
            case null, default -> arg;
          });
    }
    fields.put(kw("args"), args);
    if (request.offset() != 0) {
      fields.put(RemoteRows.OFFSET, request.offset());
    }
    if (request.limit() != -1) {
      fields.put(RemoteRows.LIMIT, Math.max(-1, request.limit()));
    }
    if (request.stats()) {
      fields.put(kw("query-stats"), true);
    }
    if (request.plan()) {
      fields.put(kw("plan"), true);
    }
    request.ioContext().ifPresent(context -> fields.put(kw("io-context"), context));
    if (request.memoryBytes().isPresent()) {
      fields.put(kw("memory"), request.memoryBytes().getAsLong());
    }
    return fields;
  }

  private static Object described(RemoteClient client, Db db) {
    if (db instanceof RemoteDb remote && remote.client() == client) {
      return remote.description();
    }
    throw Anomaly.incorrect(
            "db.error/invalid-db",
            "A query was given the database " + db.dbName() + " of another client.",
            "Its databases have to be of the client that asks.",
            "Ask what is needed of the other one first, and pass the answer as data.")
        .toException();
  }
}
