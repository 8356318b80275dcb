package valence.engine.backup;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.engine.backup.Progress.Unit;
import valence.engine.indexing.IndexExport;
import valence.engine.indexing.IndexReader;
import valence.engine.indexing.IndexRoot;
import valence.engine.local.Catalog;
import valence.engine.log.RecordContents;
import valence.engine.log.Seal;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;

/// The backups that a storage holds. One process at a time writes them.
///
/// @param backup a storage that isn't any system's
public record Backups(Storage backup) {
  private static final String PREFIX = "backup/";
  private static final String POINT = "/point/";
  private static final String LOG = "/log/";

  /// A root lasts as long as its readers' grace; one that indexes faster than it is read is left.
  private static final int ROOTS_TRIED_MAX = 5;

  /// `incorrect` for a storage that holds databases.
  public Backups {
    if (!new Catalog(backup.refs()).names().isEmpty()) {
      throw Anomaly.of(
              Category.INCORRECT,
              "This is the storage of a system: it holds databases.",
              "Name a directory that holds backups, or a new one.")
          .toException();
    }
  }

  /// What a backup did.
  ///
  /// @param point   the newest point of the database now
  /// @param records  of the log that were moved
  /// @param segments of the indexes that were moved
  /// @param bytes    that all these take
  public record Made(BackupPoint point, long records, long segments, long bytes) {}

  /// The databases of which there are points, sorted.
  public List<String> databases() {
    Set<String> names = new TreeSet<>();
    for (String ref : backup.refs().list(PREFIX)) {
      int end = ref.indexOf(POINT);
      if (end > 0) {
        names.add(ref.substring(PREFIX.length(), end));
      }
    }
    return List.copyOf(names);
  }

  /// The points of a database, oldest first.
  public List<BackupPoint> points(String dbName) {
    String prefix = PREFIX + dbName + POINT;
    List<BackupPoint> points = new ArrayList<>();
    for (String ref : backup.refs().list(prefix)) {
      long number = Long.parseLong(ref.substring(prefix.length()));
      backup
          .refs()
          .get(ref)
          .ifPresent(found -> points.add(BackupPoint.read(dbName, number, found.bytes())));
    }
    return points;
  }

  /// Moves what the backup lacks of a database, as it is now, and makes a point of it. Whatever
  /// interrupts it, the next call goes on where it was. Writers aren't held up.
  ///
  /// `not-found` when there is no such database, `conflict` when its log isn't the one that was
  /// backed up here, `fault` when a record is damaged.
  public Made make(Storage source, String dbName, Progress progress, InstantSource clock) {
    Catalog.Entry entry = new Catalog(source.refs()).existing(dbName);
    Live live = new Live(dbName, entry, entry.id(), entry.excisedT());
    Optional<Seal> seal = seal(source, live.log());
    while (seal.isPresent()) { // an excision is under way: what was excised isn't backed up again
      live = new Live(dbName, entry, seal.get().next(), seal.get().excisedT());
      seal = seal(source, live.log());
    }
    return make(source, live, progress, clock);
  }

  /// The log of a database that says all, as long as the catalog says what it said.
  ///
  /// @param excisedT up to which it was excised
  private record Live(String dbName, Catalog.Entry entry, DatabaseId log, long excisedT) {
    /// The end of the log, where no excision has replaced the log until now: of one that is being
    /// deleted an end is found too early. The catalog moves on before a log is deleted.
    long end(Storage source, long known) {
      long end = LogEnd.of(source.log(), log, known);
      boolean isSealed = end > 0
          && LogEnd.record(source.log(), log, end - 1)
              .flatMap(last -> Seal.read(last.bytes()))
              .isPresent();
      if (isSealed || !new Catalog(source.refs()).existing(dbName).equals(entry)) {
        throw Anomaly.of(
                Category.UNAVAILABLE,
                "An excision replaced the log of " + dbName + " while it was backed up.",
                "Run it again.")
            .toException();
      }
      return end;
    }
  }

  private static Optional<Seal> seal(Storage source, DatabaseId log) {
    long end = LogEnd.of(source.log(), log, 0);
    return end == 0
        ? Optional.empty()
        : LogEnd.record(source.log(), log, end - 1).flatMap(last -> Seal.read(last.bytes()));
  }

  private Made make(Storage source, Live live, Progress progress, InstantSource clock) {
    String dbName = live.dbName();
    DatabaseId log = live.log();
    List<BackupPoint> points = points(dbName);
    BackupPoint last = null;
    for (BackupPoint point : points) {
      if (point.log().equals(log)) {
        last = point;
      }
    }
    Tally tally = last == null ? new Tally() : new Tally(last);
    long known = tally.records();
    backup.refs().compareAndSet(PREFIX + dbName + LOG + log, RefStore.ABSENT, new byte[] {1});
    long present = LogEnd.of(backup.log(), log, known);
    if (present < known) {
      throw damaged(dbName, "it has " + present + " records of " + known);
    }
    checkSame(source, dbName, log, present);
    Indexes indexes = indexes(source, log, progress); // first: the log goes beyond them then
    long end = live.end(source, present);
    read(backup, log, present, tally, _ -> {}); // what an interrupted run has moved
    long moved = tally.bytes();
    long total = end - present;
    progress.at(Unit.RECORDS, 0, total);
    read(source, log, end, tally, record -> {
      if (!backup.log().append(log, record.position(), record.bytes())) {
        throw written();
      }
      progress.at(Unit.RECORDS, tally.records() - present, total);
    });
    long bytes = tally.bytes() - moved + indexes.bytes();
    if (last != null && last.records() == end && last.root().equals(indexes.root())) {
      return new Made(last, 0, indexes.segments(), bytes);
    }
    long number = points.isEmpty() ? 1 : points.getLast().number() + 1;
    BackupPoint point = tally.point(
        dbName, number, log, live.excisedT(), Instant.ofEpochMilli(clock.millis()), indexes.root());
    String ref = PREFIX + dbName + POINT + String.format("%012d", number);
    if (!backup.refs().compareAndSet(ref, RefStore.ABSENT, point.text())) {
      throw written();
    }
    return new Made(point, total, indexes.segments(), bytes);
  }

  private static AnomalyException written() {
    return Anomaly.of(
            Category.CONFLICT,
            "Another process writes this backup.",
            "One at a time can. Nothing is lost: run it again when that one has ended.")
        .toException();
  }

  /// Indexes that are in the backup.
  private record Indexes(Optional<IndexRoot> root, long segments, long bytes) {}

  /// Moves the segments of the newest root. A database goes on indexing meanwhile: where what its
  /// root had is deleted before it was read, the next root is taken. Where an index is damaged, the
  /// backup has the log alone, of which all follows.
  private Indexes indexes(Storage source, DatabaseId log, Progress progress) {
    IndexReader reader = new IndexReader(log, source.refs(), source.blobs());
    IndexExport export = new IndexExport(
        log, source.blobs(), backup.blobs(), moved -> progress.at(Unit.SEGMENTS, moved, 0));
    Optional<IndexRoot> tried = Optional.empty();
    try {
      for (int i = 0; i < ROOTS_TRIED_MAX; i++) {
        Optional<IndexRoot> root = reader.root();
        if (root.isEmpty() || root.equals(tried)) {
          break;
        }
        tried = root;
        try {
          export.run(root.get());
          return new Indexes(root, export.segments(), export.bytes());
        } catch (AnomalyException gone) {
          if (gone.anomaly().category() != Category.UNAVAILABLE) {
            throw gone;
          }
        }
      }
    } catch (AnomalyException damaged) {
      if (damaged.anomaly().category() != Category.FAULT) {
        throw damaged;
      }
    }
    return new Indexes(Optional.empty(), export.segments(), export.bytes());
  }

  /// What is to be done with a record that has been checked.
  interface Sink {
    void record(LogRecord record);
  }

  /// Reads a log's records from the tally's to below a position, and counts them.
  static void read(Storage from, DatabaseId log, long below, Tally tally, Sink sink) {
    try (Stream<LogRecord> records = from.log().read(log, tally.records())) {
      Iterator<LogRecord> each = records.iterator();
      while (tally.records() < below) {
        if (!each.hasNext()) {
          throw Anomaly.of(
                  Category.UNAVAILABLE,
                  "The log ended at record " + tally.records() + " of " + below
                      + " while it was read.",
                  "It may have been deleted, or replaced by an excision. Run it again.")
              .toException();
        }
        LogRecord record = each.next();
        tally.add(
            record,
            RecordContents.read(record)
                .orElseThrow(() -> Anomaly.fault("Record " + record.position() + " ends the log "
                        + log + ", and others follow.")
                    .toException()));
        sink.record(record);
      }
    }
  }

  /// A storage that was set back and written again has another log under the same id.
  private void checkSame(Storage source, String dbName, DatabaseId log, long present) {
    if (present == 0) {
      return;
    }
    byte[] ours = LogEnd.record(backup.log(), log, present - 1).orElseThrow().bytes();
    Optional<LogRecord> theirs = LogEnd.record(source.log(), log, present - 1);
    if (theirs.isEmpty() || !Arrays.equals(ours, theirs.get().bytes())) {
      throw Anomaly.of(
              Category.CONFLICT,
              "The log of " + dbName + " isn't the one that was backed up here: they differ at"
                  + " record " + (present - 1) + ".",
              "The database's storage was set back to an earlier state, or is another copy of it.",
              "Make a backup in a new directory.")
          .toException();
    }
  }

  static AnomalyException damaged(String dbName, String how) {
    return Anomaly.fault(
            "The backup of " + dbName + " is damaged: " + how + ".",
            "Restore from another, and make a backup in a new directory.")
        .toException();
  }

  /// Removes the points of a database whose log an excision has replaced since, and what they alone
  /// hold; the newest point stays. Nothing of what was excised can be restored any more then.
  ///
  /// @return how many points were removed
  public int forget(String dbName) {
    List<BackupPoint> points = points(dbName);
    if (points.isEmpty()) {
      return 0;
    }
    DatabaseId newest = points.getLast().log();
    int removed = 0;
    for (BackupPoint point : points) {
      if (!point.log().equals(newest)) {
        remove(PREFIX + dbName + POINT + String.format("%012d", point.number()));
        removed++;
      }
    }
    Set<DatabaseId> kept = new HashSet<>(Set.of(newest));
    for (String name : databases()) {
      if (!name.equals(dbName)) {
        points(name).forEach(point -> kept.add(point.log()));
      }
    }
    Set<DatabaseId> forgotten = new HashSet<>();
    String prefix = PREFIX + dbName + LOG;
    for (String ref : backup.refs().list(prefix)) {
      DatabaseId log = new DatabaseId(UUID.fromString(ref.substring(prefix.length())));
      if (!kept.contains(log)) {
        forgotten.add(log);
      }
    }
    if (!forgotten.isEmpty()) {
      IndexReader.deleteAll(forgotten, backup.blobs());
      for (DatabaseId log : forgotten) {
        backup.log().delete(log);
        remove(prefix + log);
      }
    }
    return removed;
  }

  private void remove(String ref) {
    backup.refs().get(ref).ifPresent(found -> backup.refs().compareAndDelete(ref, found.version()));
  }
}
