package valence.engine.index;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Counts what one call reads, by index and by tier of storage, where somebody asked for it. Used
/// by one thread at a time.
///
/// Asked for once per cursor and once per access to a tier, never per row, so that it costs nothing
/// where nobody counts.
public final class Reads {
  private static final ScopedValue<Reads> COUNTING = ScopedValue.newInstance();

  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, Long> nanos = new TreeMap<>();
  private final long begun = System.nanoTime();

  /// Work whose reads are counted here.
  public <T extends @Nullable Object, X extends Throwable> T during(
      ScopedValue.CallableOp<T, X> work) throws X {
    return during(this, work);
  }

  /// Work done for somebody else, whose reads are counted where they are asked for, if they are.
  ///
  /// @param reads null where nobody asked
  @SuppressWarnings("NullAway") // a scoped value may be null
  public static <T extends @Nullable Object, X extends Throwable> T during(
      @Nullable Reads reads, ScopedValue.CallableOp<T, X> work) throws X {
    return counting() == reads
        ? work.call()
        : ScopedValue.where(COUNTING, reads).call(work);
  }

  /// Where this thread counts now; null where nobody asked.
  public static @Nullable Reads counting() {
    return COUNTING.isBound() ? COUNTING.get() : null;
  }

  /// A cursor whose batches are counted under the name of the order, if somebody asked.
  public static Cursor counted(Order order, Cursor cursor) {
    Reads reads = counting();
    return reads == null ? cursor : reads.new Counted(order, cursor);
  }

  /// When a read of a tier begins, for [#read]; 0 where nobody asked.
  public static long start() {
    return counting() == null ? 0 : System.nanoTime();
  }

  /// Counts one read of a tier, if somebody asked, and the time since its [#start], which is shown
  /// in milliseconds under the tier's name and `-ms`.
  public static void read(String tier, long start) {
    Reads reads = counting();
    if (reads != null) {
      reads.counts.merge(tier, 1L, Long::sum);
      reads.nanos.merge(tier, System.nanoTime() - start, Long::sum);
    }
  }

  /// Takes over what was counted on another thread, which is done with it.
  public void add(Reads other) {
    other.counts.forEach((name, count) -> counts.merge(name, count, Long::sum));
    other.nanos.forEach((tier, duration) -> nanos.merge(tier, duration, Long::sum));
  }

  /// The io-stats of work that is done.
  ///
  /// @param context what the caller said that the work is for
  /// @param api     what was called, such as `query`
  public Map<Keyword, Object> ioStats(Keyword context, String api) {
    Map<Keyword, Object> reads = new LinkedHashMap<>();
    byName().forEach((name, count) -> reads.put(Keyword.intern(name), count));
    Map<Keyword, Object> stats = new LinkedHashMap<>();
    stats.put(Keyword.intern("io-context"), context);
    stats.put(Keyword.intern("api"), Keyword.intern(api));
    stats.put(Keyword.intern("api-ms"), millis(System.nanoTime() - begun));
    stats.put(Keyword.intern("reads"), reads);
    return stats;
  }

  /// The counts by name, with those of time as `<tier>-ms`.
  private Map<String, Number> byName() {
    Map<String, Number> all = new TreeMap<>(counts);
    nanos.forEach((tier, duration) -> all.put(tier + "-ms", millis(duration)));
    return all;
  }

  private static double millis(long duration) {
    return duration / (double) TimeUnit.MILLISECONDS.toNanos(1);
  }

  private final class Counted implements Cursor {
    private final String index;
    private final Cursor cursor;

    Counted(Order order, Cursor cursor) {
      index = order.name().toLowerCase(Locale.ROOT);
      this.cursor = cursor;
    }

    @Override
    public boolean next() {
      boolean found = cursor.next();
      if (found) {
        counts.merge(index, 1L, Long::sum);
      }
      return found;
    }

    @Override
    public boolean seek(Order order, Bound bound) {
      boolean found = cursor.seek(order, bound);
      if (found) {
        counts.merge(index, 1L, Long::sum);
      }
      return found;
    }

    @Override
    public Batch batch() {
      return cursor.batch();
    }
  }
}
