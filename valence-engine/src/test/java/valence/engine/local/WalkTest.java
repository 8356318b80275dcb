package valence.engine.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clojure.lang.Keyword;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import valence.api.Index;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.db.Novelty;
import valence.engine.function.FunctionResolver;
import valence.engine.index.RowBuffer;
import valence.engine.query.Queries;
import valence.engine.schema.Partition;
import valence.engine.tx.Transactions;
import valence.engine.tx.TxContext;

/// Whoever reads an index pays for the rows that are read: memory for none but the present one, and
/// time for none of the others.
class WalkTest {
  private static final int ROWS = 1_000_000;

  /// Bytes that the first row may cost, far below what any copy of the rows would.
  private static final long FIRST_BYTES_MAX = 256 << 10;

  /// Bytes that each row may leave to the collector: a datom, its boxed value, a map that is
  /// pulled, which takes some 1000.
  private static final long ROW_BYTES_MAX = 1500;

  private static final Keyword VALUE = Keyword.intern("n/v");
  private static final LocalDb DB = million();

  private static LocalDb million() {
    LocalDb.Surroundings surroundings = new LocalDb.Surroundings(
        FunctionResolver.none(), Queries::run, InstantSource.fixed(Instant.EPOCH));
    Database database = Transactions.transact(
            Database.empty("walk"),
            Edn.read("""
                [{:db/ident :n/v :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]
                """),
            new TxContext(
                FunctionResolver.none(),
                facts -> LocalDb.of(facts, surroundings),
                Instant.EPOCH,
                Optional.empty()))
        .after();
    int attribute = (int) database.schema().entity(VALUE);
    long t = database.basisT() + 1;
    RowBuffer opened = new RowBuffer(ROWS);
    for (int i = 0; i < ROWS; i++) {
      opened.add(Partition.entity(Partition.USER, 1000 + i), attribute, i, null, t, RowBuffer.OPEN);
    }
    return LocalDb.of(database.apply(new Novelty(t, opened, new RowBuffer(0))), surroundings);
  }

  private static long allocatedBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static void walk(String what, Supplier<Stream<?>> rows) {
    walk(what, rows, ROWS);
  }

  private static void walk(String what, Supplier<Stream<?>> rows, long count) {
    try (Stream<?> warm = rows.get()) {
      warm.findFirst().orElseThrow(); // classes are loaded
    }
    long before = allocatedBytes();
    try (Stream<?> first = rows.get()) {
      first.findFirst().orElseThrow();
    }
    long ofFirst = allocatedBytes() - before;
    assertTrue(ofFirst < FIRST_BYTES_MAX, () -> what + ": the first row took " + ofFirst);
    before = allocatedBytes();
    try (Stream<?> all = rows.get()) {
      assertEquals(count, all.mapToInt(_ -> 1).sum(), what);
    }
    long ofAll = allocatedBytes() - before;
    assertTrue(
        ofAll < count * ROW_BYTES_MAX, () -> what + ": each row took " + ofAll / count + " bytes");
  }

  @Test
  void indexesAreReadAsConsumed() {
    walk("datoms", () -> DB.datoms(Index.AEVT, VALUE));
    walk("avet", () -> DB.datoms(Index.AVET, VALUE));
    walk("seek", () -> DB.seekDatoms(Index.AVET, VALUE, 10L), ROWS - 10);
    walk("index-range", () -> DB.indexRange(VALUE, 5L, null), ROWS - 5);
    walk("index-pull", () -> DB.indexPull(Index.AVET, List.of(VALUE), List.of(VALUE), false));
    walk("index-pull down", () -> DB.indexPull(Index.AVET, List.of(VALUE), List.of(VALUE), true));
    walk("history", () -> DB.history().datoms(Index.AEVT, VALUE));
    walk("as of", () -> DB.asOf(DB.basisT()).datoms(Index.AEVT, VALUE));
  }

  @Test
  void rowsOfQseqArePulledWhenTheyAreRead() {
    List<?> all = DB.qseq(valence.api.QueryRequest.of(
        "[:find (pull ?e [:n/v]) :where [?e :n/v ?v] [(< ?v 100000)]]", DB));
    assertEquals(100_000, all.size());
    long before = allocatedBytes();
    all.get(5);
    long ofOne = allocatedBytes() - before;
    assertTrue(ofOne < FIRST_BYTES_MAX, () -> "one row took " + ofOne);
  }
}
