package valence.engine.verify;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.engine.db.Database;
import valence.engine.index.Batch;
import valence.engine.index.Cursor;
import valence.engine.index.DistinctCounts;
import valence.engine.index.DistinctTally;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.Rows;
import valence.engine.indexing.IndexReader;
import valence.engine.indexing.IndexRoot;
import valence.engine.local.Catalog;
import valence.engine.log.LogTransaction;
import valence.engine.log.TransactionLog;
import valence.engine.segment.Directory;
import valence.engine.segment.SegmentTree;
import valence.engine.store.DatabaseId;
import valence.engine.store.Storage;
import valence.engine.verify.Verification.Finding;
import valence.engine.verify.Verification.Part;
import valence.engine.verify.Verification.TreeShape;

/// Walks through one database. For one thread, once.
public final class Verifier {
  private static final String REBUILD =
      "Make the indexes anew from the log: `valence db reindex NAME`.";
  private static final String RESTORE = "Restore the database from a backup.";

  private final Storage storage;
  private final String dbName;
  private final LongConsumer progress;
  private final List<Finding> findings = new ArrayList<>();
  private final List<TreeShape> shapes = new ArrayList<>();
  private long t;
  private long records;
  private long recordsMax = Long.MAX_VALUE;
  private long rows; // of the log
  private long read; // of the indexes
  private boolean logIsWhole = true;
  private final DistinctTally distinct = new DistinctTally();

  private Verifier(Storage storage, String dbName, LongConsumer progress) {
    this.storage = storage;
    this.dbName = dbName;
    this.progress = progress;
  }

  /// Reads all of a database. What is damaged is found, not thrown; `not-found` when there is no
  /// such database, `unavailable` when the storage can't be read now.
  ///
  /// @param progress told how many rows were read, now and then
  public static Verification run(Storage storage, String dbName, LongConsumer progress) {
    return new Verifier(storage, dbName, progress).run();
  }

  /// The same of a log and the indexes of a root, which nothing names.
  ///
  /// @param recordsMax how many of the log's first records are meant
  public static Verification run(
      Storage storage,
      String dbName,
      DatabaseId log,
      Optional<IndexRoot> root,
      long recordsMax,
      LongConsumer progress) {
    Verifier verifier = new Verifier(storage, dbName, progress);
    verifier.recordsMax = recordsMax;
    return verifier.run(log, root);
  }

  private Verification run() {
    DatabaseId log;
    try {
      log = new Catalog(storage.refs()).existing(dbName).id();
    } catch (AnomalyException failed) {
      find(Part.CATALOG, failed, RESTORE);
      return verification(-1);
    }
    Optional<IndexRoot> root = Optional.empty();
    try {
      root = new IndexReader(log, storage.refs(), storage.blobs()).root();
    } catch (AnomalyException failed) {
      find(Part.ROOT, failed, REBUILD);
    }
    return run(log, root);
  }

  private Verification run(DatabaseId log, Optional<IndexRoot> root) {
    IndexReader reader = new IndexReader(log, storage.refs(), storage.blobs());
    LogSums expected = readLog(log, root);
    if (root.isPresent()) {
      readIndexes(reader, root.get(), expected);
    }
    return verification(root.map(IndexRoot::t).orElse(-1L));
  }

  private Verification verification(long indexedT) {
    return new Verification(dbName, t, records, rows, indexedT, shapes, findings);
  }

  /// Notes damage; anything else is thrown again.
  private void find(Part part, AnomalyException failed, String advice) {
    if (failed.anomaly().category() != Category.FAULT) {
      throw failed;
    }
    findings.add(new Finding(part, failed.anomaly().message(), advice));
  }

  /// Reads the log; what it says up to the root's t.
  private LogSums readLog(DatabaseId id, Optional<IndexRoot> root) {
    long indexedT = root.map(IndexRoot::t).orElse(-1L);
    long indexedEnd = root.map(IndexRoot::logEnd).orElse(-1L);
    long tAtIndexedEnd = 0;
    LogSums sums = new LogSums();
    sums.apply(Database.bootstrap());
    TransactionLog log = new TransactionLog(storage.log(), id, 0);
    try (Stream<LogTransaction> transactions = log.catchUp()) {
      for (Iterator<LogTransaction> each = transactions.iterator(); each.hasNext(); ) {
        LogTransaction next = each.next();
        if (log.end() > recordsMax) {
          break;
        }
        records = log.end();
        if (next.novelty().t() != t + 1) {
          logIsWhole = false;
          findings.add(new Finding(
              Part.LOG, "In the log, t=" + next.novelty().t() + " follows t=" + t + ".", RESTORE));
        }
        t = next.novelty().t();
        rows += next.novelty().opened().count() + next.novelty().closed().count();
        if (log.end() == indexedEnd) {
          tAtIndexedEnd = t;
        }
        if (t <= indexedT) {
          sums.apply(next.novelty());
        }
        progress.accept(rows);
      }
    } catch (AnomalyException failed) {
      logIsWhole = false;
      find(Part.LOG, failed, RESTORE);
    }
    if (logIsWhole && root.isPresent() && tAtIndexedEnd != indexedT) {
      logIsWhole = false;
      findings.add(new Finding(
          Part.ROOT,
          "The indexes go up to t=" + indexedT + " in record " + (indexedEnd - 1)
              + " of the log, but the log has "
              + (records < indexedEnd ? "no such record." : "t=" + tAtIndexedEnd + " there."),
          "Restore the database from a backup, if the log has lost its end; else make the indexes"
              + " anew from the log: `valence db reindex NAME`."));
    }
    return logIsWhole ? sums : new LogSums();
  }

  private void readIndexes(IndexReader reader, IndexRoot root, LogSums expected) {
    for (boolean past : new boolean[] {false, true}) {
      RowSum first = null;
      for (Order order : Order.values()) {
        SegmentTree tree = reader.tree(root, order, past);
        int before = findings.size();
        readSegments(reader, tree);
        RowSum found = findings.size() > before ? null : readRows(tree, expected);
        if (found == null) {
          continue;
        }
        if (logIsWhole) {
          compare(tree, found, expected.expected(order, past), "the log says");
        } else if (order != Order.VAET) { // which has references alone
          if (first != null) {
            compare(tree, found, first, "the other indexes have");
          }
          first = first == null ? found : first;
        }
      }
    }
    if (findings.isEmpty()) {
      compareDistinct(reader, root); // else not all rows may have been counted
    }
  }

  /// Whether the counts that plans are made by are those of the indexes.
  private void compareDistinct(IndexReader reader, IndexRoot root) {
    try {
      DistinctCounts said = reader.distinct(root);
      if (said.isKnown() && !said.equals(distinct.counts())) {
        findings.add(new Finding(
            Part.INDEX,
            "The counts of different values and entities aren't those of the indexes.",
            REBUILD));
      }
    } catch (AnomalyException failed) {
      find(Part.SEGMENT, failed, REBUILD);
    }
  }

  private void compare(SegmentTree tree, RowSum found, RowSum expected, String whose) {
    if (!found.isSame(expected)) {
      String how = found.rows() == expected.rows()
          ? "of its " + found.rows() + " rows some are others than " + whose
          : "it has " + found.rows() + " rows where " + whose + " " + expected.rows();
      findings.add(
          new Finding(Part.INDEX, "The index " + name(tree) + " is wrong: " + how + ".", REBUILD));
    }
  }

  private static String name(SegmentTree tree) {
    return tree.order() + (tree.closed() ? " of the past" : " of what is true");
  }

  private void readSegments(IndexReader reader, SegmentTree tree) {
    shapes.add(shape(
        reader,
        tree,
        damage -> findings.add(new Finding(
            Part.SEGMENT, "In the index " + name(tree) + ": " + damage.message(), REBUILD))));
  }

  private static TreeShape shape(IndexReader reader, SegmentTree tree, Consumer<Anomaly> damaged) {
    long[] segments = {0};
    long[] bytes = {0};
    int[] depth = {0};
    reader.visit(
        tree,
        stored -> {
          segments[0]++;
          bytes[0] += stored.bytes();
          int level = stored.segment() instanceof Directory directory ? directory.level() : 0;
          depth[0] = Math.max(depth[0], level + 1);
        },
        damaged);
    return new TreeShape(
        tree.order(),
        tree.closed(),
        tree.count(),
        segments[0],
        bytes[0],
        depth[0],
        tree.root() == null ? "" : tree.root().hex());
  }

  /// The trees of a database's durable indexes; none when there are none yet. `fault` for what is
  /// damaged.
  public static List<TreeShape> trees(Storage storage, String dbName) {
    DatabaseId log = new Catalog(storage.refs()).existing(dbName).id();
    IndexReader reader = new IndexReader(log, storage.refs(), storage.blobs());
    List<TreeShape> shapes = new ArrayList<>();
    reader.root().ifPresent(root -> {
      for (boolean past : new boolean[] {false, true}) {
        for (Order order : Order.values()) {
          shapes.add(shape(reader, reader.tree(root, order, past), damage -> {
            throw damage.toException();
          }));
        }
      }
    });
    return shapes;
  }

  /// The counts of different values and entities, as a blob.
  ///
  /// @param attributes that have any
  /// @param blob       its id in hexadecimal
  public record DistinctShape(long attributes, String blob) {}

  /// The counts of a database's durable indexes; empty when there are none yet. `fault` when they
  /// are damaged.
  public static Optional<DistinctShape> distinct(Storage storage, String dbName) {
    DatabaseId log = new Catalog(storage.refs()).existing(dbName).id();
    IndexReader reader = new IndexReader(log, storage.refs(), storage.blobs());
    return reader
        .root()
        .flatMap(root -> Optional.ofNullable(root.distinct())
            .map(
                blob -> new DistinctShape(reader.distinct(root).byAttribute().size(), blob.hex())));
  }

  /// The sum of a tree's rows; null when they can't be read.
  private @Nullable RowSum readRows(SegmentTree tree, LogSums expected) {
    RowSum sum = new RowSum();
    Batch last = null;
    try {
      Cursor cursor = tree.cursor(Range.ALL);
      while (cursor.next()) {
        Batch batch = cursor.batch();
        for (int i = batch.start; i < batch.end; i++) {
          boolean ascends = i > batch.start
              ? batch.compare(tree.order(), i - 1, batch, i) < 0
              : last == null || last.compare(tree.order(), 0, batch, i) < 0;
          if (!ascends) {
            findings.add(new Finding(
                Part.INDEX, "The rows of the index " + name(tree) + " aren't in order.", REBUILD));
            return null;
          }
          if (expected.counts(batch.a[i], tree.closed())) {
            sum.add(batch.e[i], batch.a[i], batch.v[i], batch.object(i), batch.t[i], batch.to(i));
          }
        }
        if (!tree.closed()) {
          distinct.add(tree.order(), batch);
        }
        last = row(batch, batch.end - 1);
        read += batch.count();
        progress.accept(rows + read);
      }
      return sum;
    } catch (AnomalyException failed) {
      find(Part.SEGMENT, failed, REBUILD);
      return null;
    }
  }

  private static Batch row(Batch batch, int i) {
    Object object = batch.object(i);
    Batch row = new Batch();
    row.show(
        new Rows(
            1,
            new long[] {batch.e[i]},
            new int[] {batch.a[i]},
            new long[] {batch.v[i]},
            object == null ? null : new Object[] {object},
            new long[] {batch.t[i]},
            batch.to == null ? null : new long[] {batch.to(i)}),
        0,
        1);
    return row;
  }
}
