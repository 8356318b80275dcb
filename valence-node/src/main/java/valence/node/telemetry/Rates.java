package valence.node.telemetry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Lets so much of each thing pass: a bucket of tokens for each, and one for all of a kind. Safe
/// for many threads.
///
/// Things are told apart by text; the [#THINGS_MAX] last used are known, one that is forgotten
/// begins anew with what its kind has left.
final class Rates {
  static final int THINGS_MAX = 1_024;

  /// How many of one thing may come at once, and how many a second in the long run.
  record Limit(int burst, int perSecond) {}

  private static final class Bucket {
    private double tokens;
    private long filledNanos;
    private long suppressed;

    Bucket(int burst, long now) {
      tokens = burst;
      filledNanos = now;
    }

    void fill(Limit limit, long now) {
      tokens = Math.min(limit.burst(), tokens + (now - filledNanos) / 1e9 * limit.perSecond());
      filledNanos = now;
    }
  }

  private final Limit ofThing;
  private final Limit ofAll;
  private final LongSupplier nanoTime;
  private final Map<String, Bucket> things = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
      return size() > THINGS_MAX;
    }
  }; // guarded by this
  private final Bucket all; // guarded by this

  Rates(Limit ofThing, Limit ofAll, LongSupplier nanoTime) {
    this.ofThing = ofThing;
    this.ofAll = ofAll;
    this.nanoTime = nanoTime;
    this.all = new Bucket(ofAll.burst(), nanoTime.getAsLong());
  }

  /// Whether one more may pass, and how many of it were held back since the last that did.
  ///
  /// @return -1 when it may not
  synchronized long pass(String thing) {
    long now = nanoTime.getAsLong();
    Bucket bucket = things.computeIfAbsent(thing, _ -> new Bucket(ofThing.burst(), now));
    bucket.fill(ofThing, now);
    all.fill(ofAll, now);
    if (bucket.tokens < 1 || all.tokens < 1) {
      bucket.suppressed++;
      return -1;
    }
    bucket.tokens--;
    all.tokens--;
    long suppressed = bucket.suppressed;
    bucket.suppressed = 0;
    return suppressed;
  }

  /// The things that were held back, with how often, since they were last told; null for none.
  synchronized @Nullable Map<String, Long> suppressed() {
    Map<String, Long> told = null;
    for (Map.Entry<String, Bucket> each : things.entrySet()) {
      if (each.getValue().suppressed > 0) {
        told = told == null ? new LinkedHashMap<>() : told;
        told.put(each.getKey(), each.getValue().suppressed);
        each.getValue().suppressed = 0;
      }
    }
    return told;
  }
}
