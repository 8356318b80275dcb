package valence.engine.backup;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.engine.indexing.IndexReader;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;
import valence.engine.store.Storage;
import valence.engine.verify.Verification;
import valence.engine.verify.Verification.Finding;
import valence.engine.verify.Verification.Part;
import valence.engine.verify.Verifier;

/// Reads all that a backup holds of one database: that the records of each point are those that it
/// was made of, that the segments of each are there and whole, and that the newest indexes say what
/// the log says. For one thread, once.
public final class BackupCheck {
  private static final String LOG_ADVICE =
      "Make a backup in a new directory; to restore, try an earlier point or another backup.";
  private static final String SEGMENT_ADVICE =
      "A restore makes the indexes from the log instead. Make a backup in a new directory.";

  private final Backups backups;
  private final Storage storage;
  private final String dbName;
  private final LongConsumer progress;
  private final List<Finding> findings = new ArrayList<>();

  private BackupCheck(Backups backups, String dbName, LongConsumer progress) {
    this.backups = backups;
    this.storage = backups.backup();
    this.dbName = dbName;
    this.progress = progress;
  }

  /// What is damaged is found, not thrown; `unavailable` when the backup can't be read now.
  ///
  /// @param progress told how many rows of the newest point were read, now and then
  public static Verification run(Backups backups, String dbName, LongConsumer progress) {
    return new BackupCheck(backups, dbName, progress).run();
  }

  private Verification run() {
    Map<DatabaseId, List<BackupPoint>> byLog = new LinkedHashMap<>();
    List<BackupPoint> points;
    try {
      points = backups.points(dbName);
    } catch (AnomalyException failed) {
      find(Part.CATALOG, failed);
      return new Verification(dbName, 0, 0, 0, -1, List.of(), findings);
    }
    for (BackupPoint point : points) {
      byLog.computeIfAbsent(point.log(), _ -> new ArrayList<>()).add(point);
    }
    byLog.forEach((log, ofLog) -> {
      checkRecords(log, ofLog);
      checkSegments(log, ofLog);
    });
    BackupPoint newest = points.getLast();
    Verification found =
        Verifier.run(storage, dbName, newest.log(), newest.root(), newest.records(), progress);
    for (Finding finding : found.findings()) {
      boolean isNews = findings.stream().noneMatch(each -> each.what().contains(finding.what()));
      if (isNews) {
        String advice = finding.part() == Part.LOG ? LOG_ADVICE : SEGMENT_ADVICE;
        findings.add(new Finding(finding.part(), finding.what(), advice));
      }
    }
    return new Verification(
        dbName,
        found.t(),
        found.records(),
        found.rows(),
        found.indexedT(),
        found.trees(),
        findings);
  }

  private void checkRecords(DatabaseId log, List<BackupPoint> points) {
    Tally tally = new Tally();
    for (BackupPoint point : points) {
      try {
        Backups.read(storage, log, point.records(), tally, _ -> {});
      } catch (AnomalyException failed) {
        if (failed.anomaly().category() == Category.UNAVAILABLE
            && LogEnd.of(storage.log(), log, 0) < point.records()) {
          findings.add(finding(point, "its log ends at record " + tally.records()));
        } else {
          find(Part.LOG, failed);
        }
        return;
      }
      if (!tally.agreesWith(point)) {
        findings.add(finding(point, "its records aren't those that it was made of"));
      }
    }
  }

  private static Finding finding(BackupPoint point, String how) {
    return new Finding(
        Part.LOG, "Point " + point.number() + " is damaged: " + how + ".", LOG_ADVICE);
  }

  private void checkSegments(DatabaseId log, List<BackupPoint> points) {
    IndexReader reader = new IndexReader(log, storage.refs(), storage.blobs());
    Set<BlobId> seen = new HashSet<>();
    for (BackupPoint point : points) {
      point
          .root()
          .ifPresent(root -> reader.visit(
              root,
              seen,
              damage -> findings.add(new Finding(
                  Part.SEGMENT,
                  "In the indexes of point " + point.number() + ": " + damage.message(),
                  SEGMENT_ADVICE))));
    }
  }

  private void find(Part part, AnomalyException failed) {
    if (failed.anomaly().category() != Category.FAULT) {
      throw failed;
    }
    findings.add(new Finding(part, failed.anomaly().message(), LOG_ADVICE));
  }
}
