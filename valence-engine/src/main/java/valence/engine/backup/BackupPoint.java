package valence.engine.backup;

import clojure.lang.Keyword;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.engine.indexing.IndexRoot;
import valence.engine.store.DatabaseId;

/// One moment of a database in a backup. In its ref it is EDN text:
///
///     {:format 1 :database "name" :log #uuid "…" :t 41 :excised-t -1 :records 17 :rows 530
///      :bytes 8713 :chain "<64 digits>" :made #inst "…" :root {…}}
///
/// @param number   1 for the first of a database's points, growing
/// @param log      which log the records are of; another after an excision
/// @param t        of the newest transaction
/// @param excisedT the t up to which requests for excision were done; -1 when none was
/// @param records  how many of the log's first records are meant
/// @param rows     how many facts they open and close
/// @param bytes    that they take
/// @param chain    their checksum, as the package tells
/// @param root     of the indexes that the backup has; empty when the database had none
public record BackupPoint(
    String database,
    long number,
    DatabaseId log,
    long t,
    long excisedT,
    long records,
    long rows,
    long bytes,
    String chain,
    Instant made,
    Optional<IndexRoot> root) {
  private static final long FORMAT = 1;

  byte[] text() {
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put(key("format"), FORMAT);
    map.put(key("database"), database);
    map.put(key("log"), log.uuid());
    map.put(key("t"), t);
    map.put(key("excised-t"), excisedT);
    map.put(key("records"), records);
    map.put(key("rows"), rows);
    map.put(key("bytes"), bytes);
    map.put(key("chain"), chain);
    map.put(key("made"), Date.from(made));
    root.ifPresent(indexes -> map.put(key("root"), indexes.toMap()));
    return Edn.print(map).getBytes(StandardCharsets.UTF_8);
  }

  /// Fails with `fault` for what is no such text.
  static BackupPoint read(String database, long number, byte[] bytes) {
    try {
      Map<?, ?> map = (Map<?, ?>) required(Edn.read(new String(bytes, StandardCharsets.UTF_8)));
      if (number(map, "format") != FORMAT || !required(map.get(key("database"))).equals(database)) {
        throw new IllegalArgumentException("it is another's, or of a later format");
      }
      String chain = (String) required(map.get(key("chain")));
      if (!Chain.from(chain).hex().equals(chain)) {
        throw new IllegalArgumentException("its chain isn't as it was written");
      }
      return new BackupPoint(
          database,
          number,
          new DatabaseId((UUID) required(map.get(key("log")))),
          number(map, "t"),
          number(map, "excised-t"),
          number(map, "records"),
          number(map, "rows"),
          number(map, "bytes"),
          chain,
          ((Date) required(map.get(key("made")))).toInstant(),
          map.get(key("root")) instanceof Map<?, ?> root
              ? Optional.of(IndexRoot.of(root))
              : Optional.empty());
    } catch (AnomalyException
        | ClassCastException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | ArithmeticException e) {
      throw Anomaly.fault(
              "Point " + number + " of the backup of " + database + " is damaged: "
                  + e.getMessage(),
              "Restore another point.")
          .toException(e);
    }
  }

  private static Keyword key(String name) {
    return Keyword.intern(name);
  }

  private static long number(Map<?, ?> map, String name) {
    return (Long) required(map.get(key(name)));
  }

  private static Object required(@Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException("something is missing");
    }
    return value;
  }
}
