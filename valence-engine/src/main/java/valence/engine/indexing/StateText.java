package valence.engine.indexing;

import clojure.lang.Keyword;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.engine.indexing.IndexState.Dropped;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;

/// An [IndexState] as EDN text, which people can read and which says its format:
///
///     {:format 1 :database #uuid "…" :job #uuid "…"
///      :root {:t 7 :log-end 5 :next-entity 1009 :next-attribute 76 :bootstrap 391
///             :current [["<blob id>" 431] …] :past [[nil 0] …] :distinct "<blob id>"}
///      :written ["<blob id>" …] :written-lists […] :dropped [[t millis "<blob id>"] …]}
///
/// Trees stand in the order of [Order].
final class StateText {
  private static final long FORMAT = 1;
  private static final Keyword FORMAT_KEY = Keyword.intern("format");
  private static final Keyword DATABASE = Keyword.intern("database");
  private static final Keyword JOB = Keyword.intern("job");
  private static final Keyword ROOT = Keyword.intern("root");
  private static final Keyword WRITTEN = Keyword.intern("written");
  private static final Keyword WRITTEN_LISTS = Keyword.intern("written-lists");
  private static final Keyword DROPPED = Keyword.intern("dropped");

  private final DatabaseId database;

  StateText(DatabaseId database) {
    this.database = database;
  }

  byte[] write(IndexState state) {
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put(FORMAT_KEY, FORMAT);
    map.put(DATABASE, database.uuid());
    map.put(JOB, state.job());
    state.root().ifPresent(root -> map.put(ROOT, root.toMap()));
    map.put(WRITTEN, texts(state.written()));
    map.put(WRITTEN_LISTS, texts(state.writtenLists()));
    List<Object> dropped = new ArrayList<>();
    for (Dropped each : state.dropped()) {
      dropped.add(List.of(each.t(), each.millis(), each.list().hex()));
    }
    map.put(DROPPED, dropped);
    return Edn.print(map).getBytes(StandardCharsets.UTF_8);
  }

  private static List<Object> texts(List<BlobId> ids) {
    List<Object> texts = new ArrayList<>();
    ids.forEach(id -> texts.add(id.hex()));
    return texts;
  }

  /// Fails with `fault` for what isn't such a text of this database.
  IndexState read(byte[] bytes) {
    try {
      Map<?, ?> map = (Map<?, ?>) required(Edn.read(new String(bytes, StandardCharsets.UTF_8)));
      if (!required(map.get(FORMAT_KEY)).equals(FORMAT)) {
        throw new IllegalArgumentException(
            "its format is " + map.get(FORMAT_KEY) + ", not " + FORMAT);
      }
      if (!required(map.get(DATABASE)).equals(database.uuid())) {
        throw new IllegalArgumentException("it is of database " + map.get(DATABASE));
      }
      List<Dropped> dropped = new ArrayList<>();
      for (Object each : list(map.get(DROPPED))) {
        List<?> one = list(each);
        dropped.add(new Dropped(number(one.get(0)), number(one.get(1)), id(one.get(2))));
      }
      return new IndexState(
          map.get(ROOT) instanceof Map<?, ?> root
              ? Optional.of(IndexRoot.of(root))
              : Optional.empty(),
          (UUID) required(map.get(JOB)),
          ids(map.get(WRITTEN)),
          ids(map.get(WRITTEN_LISTS)),
          dropped);
    } catch (AnomalyException
        | ClassCastException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | ArithmeticException e) {
      throw Anomaly.fault(
              "The root of the index of database " + database + " is damaged: " + e.getMessage(),
              "Make the indexes anew from the log, with `valence db reindex NAME`.")
          .toException(e);
    }
  }

  private static List<BlobId> ids(@Nullable Object value) {
    List<BlobId> ids = new ArrayList<>();
    for (Object each : list(value)) {
      ids.add(id(each));
    }
    return ids;
  }

  private static BlobId id(@Nullable Object value) {
    return new BlobId((String) required(value));
  }

  private static long number(@Nullable Object value) {
    return (Long) required(value);
  }

  private static List<?> list(@Nullable Object value) {
    return (List<?>) required(value);
  }

  private static Object required(@Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException("something is missing");
    }
    return value;
  }
}
