package valence.node.upkeep;

import static valence.node.upkeep.Arguments.key;

import clojure.lang.Keyword;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.engine.backup.BackupCheck;
import valence.engine.backup.BackupPoint;
import valence.engine.backup.Backups;
import valence.engine.backup.Progress;
import valence.engine.backup.Restore;
import valence.engine.function.FunctionResolver;
import valence.engine.indexing.IndexReader;
import valence.engine.indexing.IndexRoot;
import valence.engine.local.Catalog;
import valence.engine.local.LocalClient;
import valence.engine.store.BlobId;
import valence.engine.store.Storage;
import valence.engine.verify.Verification;
import valence.engine.verify.Verification.Finding;
import valence.engine.verify.Verification.TreeShape;
import valence.engine.verify.Verifier;

/// The deeds. Each answers in EDN.
final class Upkeep {
  private final Arguments arguments;
  private final Shown shown;
  private final Progress progress;

  Upkeep(Arguments arguments, Shown shown) {
    this.arguments = arguments;
    this.shown = shown;
    this.progress =
        (unit, done, total) -> shown.at(done, total, unit.name().toLowerCase(Locale.ROOT));
  }

  Object run(String deed) {
    return switch (deed) {
      case "backup" -> backup();
      case "points" -> points();
      case "forget" -> forget();
      case "restore" -> restore();
      case "verify" -> verify();
      case "verify-backup" -> verifyBackup();
      case "rebuild" -> rebuild();
      case "trees" -> trees();
      case "segment" -> segment();
      default ->
        throw Anomaly.of(Category.INCORRECT, "There is no deed " + deed + ".").toException();
    };
  }

  private Object backup() {
    List<Object> all = new ArrayList<>();
    try (Storage storage = arguments.openStorageToRead();
        Storage backup = arguments.openOrMakeBackup()) {
      Backups backups = new Backups(backup);
      for (String dbName : databases(storage)) {
        Backups.Made made = backups.make(storage, dbName, progress, Clock.systemUTC());
        Map<Keyword, Object> one = point(made.point());
        one.put(key("moved-records"), made.records());
        one.put(key("moved-segments"), made.segments());
        one.put(key("moved-bytes"), made.bytes());
        all.add(one);
      }
    }
    return all;
  }

  /// The one that was named, or all.
  private List<String> databases(Storage storage) {
    return arguments
        .text("database")
        .map(List::of)
        .orElseGet(() -> new Catalog(storage.refs()).names());
  }

  private Object points() {
    List<Object> all = new ArrayList<>();
    try (Storage backup = arguments.openBackupToRead()) {
      Backups backups = new Backups(backup);
      for (String dbName : arguments.text("database").map(List::of).orElse(backups.databases())) {
        backups.points(dbName).forEach(point -> all.add(point(point)));
      }
    }
    return all;
  }

  private static Map<Keyword, Object> point(BackupPoint point) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(key("database"), point.database());
    map.put(key("point"), point.number());
    map.put(key("t"), point.t());
    map.put(key("made"), Date.from(point.made()));
    map.put(key("records"), point.records());
    map.put(key("bytes"), point.bytes());
    map.put(key("rows"), point.rows());
    map.put(key("indexed-t"), point.root().map(IndexRoot::t).orElse(-1L));
    map.put(key("log"), point.log().uuid());
    return map;
  }

  private Object forget() {
    try (Storage backup = arguments.openBackup()) {
      Backups backups = new Backups(backup);
      long removed = 0;
      for (String dbName : arguments.text("database").map(List::of).orElse(backups.databases())) {
        removed += backups.forget(dbName);
      }
      return Map.of(key("removed"), removed);
    }
  }

  private Object restore() {
    String dbName = arguments.required("database");
    try (Storage backup = arguments.openBackup();
        Storage storage = arguments.openOrMakeStorage()) {
      Backups backups = new Backups(backup);
      List<BackupPoint> points = points(backups, dbName);
      BackupPoint point = arguments
          .number("point")
          .map(number -> numbered(points, dbName, number))
          .orElseGet(() -> Restore.pointAt(points, arguments.number("t").orElse(0L)));
      long t = arguments.number("t").orElse(point.t());
      Restore.Restored restored = new Restore(backups, storage, progress, Clock.systemUTC())
          .run(point, t, arguments.text("as").orElse(dbName));
      Map<Keyword, Object> map = new LinkedHashMap<>();
      map.put(key("database"), restored.database());
      map.put(key("point"), point.number());
      map.put(key("t"), restored.t());
      map.put(key("records"), restored.records());
      map.put(key("bytes"), restored.bytes());
      map.put(key("rows"), restored.rows());
      switch (restored.indexes()) {
        case Restore.Indexes.There(long indexedT) -> map.put(key("indexed-t"), indexedT);
        case Restore.Indexes.ToBeMade(String why) -> map.put(key("not-indexed"), why);
      }
      return map;
    }
  }

  private static List<BackupPoint> points(Backups backups, String dbName) {
    List<BackupPoint> points = backups.points(dbName);
    if (points.isEmpty()) {
      List<String> kept = backups.databases();
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "The backup has no database " + dbName + ".",
              kept.isEmpty() ? "It is empty." : "It has " + String.join(", ", kept) + ".")
          .toException();
    }
    return points;
  }

  private static BackupPoint numbered(List<BackupPoint> points, String dbName, long number) {
    return points.stream()
        .filter(point -> point.number() == number)
        .findFirst()
        .orElseThrow(() -> Anomaly.of(
                Category.NOT_FOUND,
                "The backup has no point " + number + " of " + dbName + ".",
                "See `valence backup DIR --list`.")
            .toException());
  }

  private Object verify() {
    List<Object> all = new ArrayList<>();
    try (Storage storage = arguments.openStorageToRead()) {
      for (String dbName : databases(storage)) {
        all.add(verification(Verifier.run(storage, dbName, rows(dbName))));
      }
    }
    return all;
  }

  private Object verifyBackup() {
    List<Object> all = new ArrayList<>();
    try (Storage backup = arguments.openBackupToRead()) {
      Backups backups = new Backups(backup);
      for (String dbName : arguments.text("database").map(List::of).orElse(backups.databases())) {
        all.add(verification(BackupCheck.run(backups, dbName, rows(dbName))));
      }
    }
    return all;
  }

  private LongConsumer rows(String dbName) {
    return rows -> shown.at(rows, 0, "rows of " + dbName);
  }

  private Object rebuild() {
    try (LocalClient client =
        new LocalClient(arguments.openStorage(), FunctionResolver.none(), Clock.systemUTC())) {
      List<String> names = arguments.text("database").map(List::of).orElse(client.listDatabases());
      names.forEach(client::rebuildIndex);
      return names;
    }
  }

  private static Map<Keyword, Object> verification(Verification found) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(key("database"), found.database());
    map.put(key("whole"), found.isWhole());
    map.put(key("t"), found.t());
    map.put(key("records"), found.records());
    map.put(key("rows"), found.rows());
    map.put(key("indexed-t"), found.indexedT());
    map.put(key("trees"), trees(found.trees()));
    List<Object> findings = new ArrayList<>();
    for (Finding finding : found.findings()) {
      Map<Keyword, Object> one = new LinkedHashMap<>();
      one.put(key("part"), key(finding.part().name().toLowerCase(Locale.ROOT)));
      one.put(key("what"), finding.what());
      one.put(key("advice"), finding.advice());
      findings.add(one);
    }
    map.put(key("findings"), findings);
    return map;
  }

  private Object trees() {
    try (Storage storage = arguments.openStorageToRead()) {
      String dbName = arguments.required("database");
      List<Object> trees = trees(Verifier.trees(storage, dbName));
      Verifier.distinct(storage, dbName).ifPresent(counts -> {
        Map<Keyword, Object> one = new LinkedHashMap<>();
        one.put(key("index"), "DISTINCT");
        one.put(key("rows-are"), "counts");
        one.put(key("rows"), counts.attributes());
        one.put(key("segments"), 1L);
        one.put(key("depth"), 1L);
        one.put(key("root"), counts.blob());
        trees.add(one);
      });
      return trees;
    }
  }

  private static List<Object> trees(List<TreeShape> shapes) {
    List<Object> trees = new ArrayList<>();
    for (TreeShape shape : shapes) {
      Map<Keyword, Object> one = new LinkedHashMap<>();
      one.put(key("index"), shape.order().name());
      one.put(key("rows-are"), shape.past() ? "past" : "current");
      one.put(key("rows"), shape.rows());
      one.put(key("segments"), shape.segments());
      one.put(key("bytes"), shape.bytes());
      one.put(key("depth"), (long) shape.depth());
      one.put(key("root"), shape.root());
      trees.add(one);
    }
    return trees;
  }

  private Object segment() {
    String named = arguments.required("segment");
    if (!named.matches("[0-9a-f]{64}")) {
      return file(Path.of(named));
    }
    BlobId id = new BlobId(named);
    try (Storage storage = arguments.openStorageToRead()) {
      return storage
          .blobs()
          .get(id)
          .map(blob -> IndexReader.inspect(id, blob))
          .orElseThrow(() -> Anomaly.of(
                  Category.NOT_FOUND,
                  "There is no segment " + named + ".",
                  "See `valence inspect --database NAME` for those at the top.")
              .toException());
    }
  }

  private static Object file(Path file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      return IndexReader.inspect(BlobId.of(bytes), bytes);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static AnomalyException unreadable(Path file, IOException cause) {
    return Anomaly.of(
            Category.NOT_FOUND,
            "The file " + file + " can't be read: " + cause + ".",
            "Expected a segment's id of 64 digits, or a file that holds one.")
        .toException(cause);
  }
}
