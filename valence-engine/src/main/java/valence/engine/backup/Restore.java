package valence.engine.backup;

import clojure.lang.Keyword;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.engine.backup.Progress.Unit;
import valence.engine.indexing.IndexImport;
import valence.engine.indexing.IndexRoot;
import valence.engine.local.Catalog;
import valence.engine.log.RecordContents;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;

/// Makes a database of a point of a backup.
///
///     note the log → its records → read them again → name the database → its indexes
///                  → remove the note
///
/// Interrupted anywhere, the same restore goes on; another one to that name begins anew. Damage
/// of the log that is found leaves nothing behind. The log says all, so where the backup's indexes
/// are damaged, or go beyond the t that was asked for, the database is there without: they are
/// made from the log when it is used. Indexes come behind the name, as those of any database do,
/// since one without a name would be taken for a leftover.
public final class Restore {
  private static final String PREFIX = "restore/";
  private static final Keyword LOG = Keyword.intern("log");
  private static final Keyword OF = Keyword.intern("of");
  private static final Keyword T = Keyword.intern("t");

  private final Storage backup;
  private final Storage target;
  private final Catalog catalog;
  private final Progress progress;
  private final InstantSource clock;

  public Restore(Backups backups, Storage target, Progress progress, InstantSource clock) {
    this.backup = backups.backup();
    this.target = target;
    this.catalog = new Catalog(target.refs());
    this.progress = progress;
    this.clock = clock;
  }

  /// A database that was restored.
  ///
  /// @param t       of its newest transaction
  /// @param records of its log
  /// @param rows    that they open and close
  /// @param bytes   that they take
  /// @param indexes how its indexes stand
  public record Restored(
      String database, long t, long records, long rows, long bytes, Indexes indexes) {}

  /// The indexes of a database that was restored.
  public sealed interface Indexes {
    /// They are there, up to a t.
    record There(long t) implements Indexes {}

    /// They will be made from the log when the database is used.
    ///
    /// @param why they weren't in the backup, or what is wrong with those that were
    record ToBeMade(String why) implements Indexes {}
  }

  private record Note(DatabaseId log, DatabaseId of, long t) {
    boolean isOf(BackupPoint point, long askedT) {
      return of.equals(point.log()) && t == askedT;
    }
  }

  /// Restores under a name that no database has.
  ///
  /// `conflict` when one has it, `incorrect` when the point doesn't reach the t, `fault` when the
  /// backup is damaged.
  ///
  /// @param t of the newest transaction that is to be there; at most the point's
  public Restored run(BackupPoint point, long t, String dbName) {
    Catalog.checkName(dbName);
    if (t < 0 || t > point.t()) {
      throw Anomaly.of(
              Category.INCORRECT,
              "Point " + point.number() + " of " + point.database() + " doesn't hold t=" + t + ".",
              "Expected a t from 0 to " + point.t() + ".")
          .toException();
    }
    Optional<Note> noted = note(dbName);
    Optional<Catalog.Entry> entry = catalog.entry(dbName);
    boolean isNamed = entry.isPresent()
        && noted.isPresent()
        && noted.get().log().equals(entry.get().id());
    if (entry.isPresent() && !(isNamed && noted.get().isOf(point, t))) {
      if (isNamed) {
        forget(dbName); // only indexes were left to do, by another restore
      }
      throw taken(dbName);
    }
    if (noted.isPresent() && !noted.get().isOf(point, t)) {
      drop(dbName, noted.get().log());
      noted = Optional.empty();
    }
    DatabaseId log = noted.isPresent() ? noted.get().log() : begin(dbName, point, t);
    Tally written = new Tally();
    try {
      write(point, t, log, written);
      if (!isNamed) {
        check(dbName, log, written);
      }
    } catch (AnomalyException failed) {
      if (failed.anomaly().category() == Category.FAULT && !isNamed) {
        drop(dbName, log);
      }
      throw failed;
    }
    if (!isNamed && !catalog.create(dbName, log, Math.min(point.excisedT(), t))) {
      drop(dbName, log);
      throw taken(dbName);
    }
    Indexes indexes = indexes(point, t, log);
    forget(dbName);
    return new Restored(
        dbName, written.t(), written.records(), written.rows(), written.bytes(), indexes);
  }

  private Indexes indexes(BackupPoint point, long t, DatabaseId log) {
    if (point.root().isEmpty()) {
      return new Indexes.ToBeMade("The backup has the log alone.");
    }
    IndexRoot root = point.root().get();
    if (root.t() > t) {
      return new Indexes.ToBeMade("Those of the backup go up to t=" + root.t() + ".");
    }
    try {
      new IndexImport(
              point.log(),
              backup.blobs(),
              log,
              target.refs(),
              target.blobs(),
              made -> progress.at(Unit.SEGMENTS, made, 0))
          .run(root, clock);
      return new Indexes.There(root.t());
    } catch (AnomalyException failed) {
      return switch (failed.anomaly().category()) {
        case FAULT ->
          new Indexes.ToBeMade(
              "Those of the backup are damaged: " + failed.anomaly().message());
        case CONFLICT -> new Indexes.ToBeMade("Somebody who uses the database makes them.");
        default -> throw failed;
      };
    }
  }

  private void write(BackupPoint point, long t, DatabaseId log, Tally written) {
    Tally all = new Tally();
    progress.at(Unit.RECORDS, 0, point.records());
    try {
      Backups.read(backup, point.log(), point.records(), all, record -> {
        if (written.t() < t) {
          LogRecord kept = all.t() <= t
              ? record
              : new LogRecord(record.position(), RecordContents.upTo(t, record));
          target.log().append(log, kept.position(), kept.bytes());
          written.add(kept, RecordContents.read(kept).orElseThrow());
        }
        progress.at(Unit.RECORDS, all.records(), point.records());
      });
    } catch (AnomalyException failed) {
      if (failed.anomaly().category() != Category.UNAVAILABLE
          || LogEnd.of(backup.log(), point.log(), 0) >= point.records()) {
        throw failed;
      }
      throw Backups.damaged(
          point.database(), "it has " + all.records() + " records of " + point.records());
    }
    if (!all.agreesWith(point)) {
      throw Backups.damaged(
          point.database(),
          "its records aren't those that point " + point.number() + " was made of");
    }
  }

  /// Reads what was written, by this run or the one that it goes on from.
  private void check(String dbName, DatabaseId log, Tally written) {
    Tally found = new Tally();
    Backups.read(target, log, written.records(), found, _ -> {});
    if (!found.chain().equals(written.chain())
        || LogEnd.record(target.log(), log, written.records()).isPresent()) {
      throw Anomaly.fault(
              "The log of " + dbName + " isn't what was written into it.",
              "Nothing of it was left. Check the storage, then restore again.")
          .toException();
    }
  }

  private AnomalyException taken(String dbName) {
    return Anomaly.of(
            Category.CONFLICT,
            "There is a database " + dbName + " already.",
            "Nothing is overwritten.",
            "Restore under another name, or delete that one first.")
        .toException();
  }

  private DatabaseId begin(String dbName, BackupPoint point, long t) {
    DatabaseId log = DatabaseId.random();
    Map<Object, Object> note = Map.of(LOG, log.uuid(), OF, point.log().uuid(), T, t);
    if (!target
        .refs()
        .compareAndSet(
            PREFIX + dbName, RefStore.ABSENT, Edn.print(note).getBytes(StandardCharsets.UTF_8))) {
      throw Anomaly.of(Category.CONFLICT, "Another process restores " + dbName + ".")
          .toException();
    }
    return log;
  }

  private Optional<Note> note(String dbName) {
    return target.refs().get(PREFIX + dbName).map(ref -> {
      if (Edn.read(new String(ref.bytes(), StandardCharsets.UTF_8)) instanceof Map<?, ?> map
          && map.get(LOG) instanceof UUID log
          && map.get(OF) instanceof UUID of
          && map.get(T) instanceof Long t) {
        return new Note(new DatabaseId(log), new DatabaseId(of), t);
      }
      throw Anomaly.fault("The note of the restore of " + dbName + " is damaged.")
          .toException();
    });
  }

  private void drop(String dbName, DatabaseId log) {
    target.log().delete(log);
    forget(dbName);
  }

  private void forget(String dbName) {
    target
        .refs()
        .get(PREFIX + dbName)
        .ifPresent(note -> target.refs().compareAndDelete(PREFIX + dbName, note.version()));
  }

  /// The newest point that holds a t, so that what was excised since isn't restored.
  public static BackupPoint pointAt(List<BackupPoint> points, long t) {
    for (BackupPoint point : points.reversed()) {
      if (point.t() >= t) {
        return point;
      }
    }
    throw Anomaly.of(
            Category.NOT_FOUND,
            "No point of the backup holds t=" + t + ".",
            "The newest is of t=" + points.getLast().t() + ".")
        .toException();
  }
}
