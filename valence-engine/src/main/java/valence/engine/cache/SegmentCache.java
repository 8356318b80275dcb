package valence.engine.cache;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.engine.index.Reads;
import valence.engine.segment.Segment;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;

/// Segments by id, read through the tiers. Safe for many threads.
public final class SegmentCache {
  /// What the reads of decoded segments, and of the store, are counted as; those of a near tier are
  /// by its name. The time of a read includes that of decoding.
  private static final String HEAP = "heap";

  private static final String STORE = "store";

  private final AsyncCache<BlobId, Segment> heap;
  private final List<NearTier> tiers;
  private final BlobStore store;
  private final LongAdder heapHits = new LongAdder();
  private final LongAdder nearHits = new LongAdder();
  private final LongAdder storeReads = new LongAdder();
  private final LongAdder repairs = new LongAdder();

  /// Makes a segment of a blob's bytes; `fault` when they are damaged.
  @FunctionalInterface
  public interface Decoder {
    Segment segment(BlobId id, ByteBuffer bytes);
  }

  /// @param heapBytesMax what the decoded segments may take
  /// @param tiers        the nearest first
  public SegmentCache(long heapBytesMax, List<NearTier> tiers, BlobStore store) {
    this.tiers = List.copyOf(tiers);
    this.store = store;
    this.heap = Caffeine.newBuilder()
        .maximumWeight(heapBytesMax)
        .weigher(
            (BlobId id, Segment segment) -> (int) Math.min(Integer.MAX_VALUE, segment.heapBytes()))
        .executor(Runnable::run) // upkeep is short; it may run on whoever reads
        .buildAsync();
  }

  /// The segment of an id. Of those that miss it at once, one reads and the others wait.
  ///
  /// Fails as the store does, and with `fault` when no tier has it.
  public Segment segment(BlobId id, Decoder decoder) {
    CompletableFuture<Segment> present = heap.getIfPresent(id);
    if (present == null) {
      CompletableFuture<Segment> mine = new CompletableFuture<>();
      present = heap.asMap().putIfAbsent(id, mine);
      if (present == null) {
        return load(id, decoder, mine);
      }
    }
    heapHits.increment();
    long start = Reads.start();
    Segment segment = join(present);
    Reads.read(HEAP, start);
    return segment;
  }

  private static Segment join(CompletableFuture<Segment> present) {
    try {
      return present.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof AnomalyException failed) {
        throw failed
            .anomaly()
            .toException(failed); // a trace of this thread, caused by the reader's
      }
      throw e;
    }
  }

  private Segment load(BlobId id, Decoder decoder, CompletableFuture<Segment> mine) {
    try {
      Segment segment = read(id, decoder);
      mine.complete(segment);
      return segment;
    } catch (RuntimeException | Error e) {
      heap.asMap().remove(id, mine); // the next reader tries again
      mine.completeExceptionally(e);
      throw e;
    }
  }

  private Segment read(BlobId id, Decoder decoder) {
    for (int i = 0; i < tiers.size(); i++) {
      long start = Reads.start();
      Optional<ByteBuffer> bytes = tiers.get(i).get(id);
      if (bytes.isEmpty()) {
        continue;
      }
      try {
        Segment segment = decoder.segment(id, bytes.get().duplicate());
        nearHits.increment();
        Reads.read(tiers.get(i).name(), start);
        fill(i, id, bytes.get());
        return segment;
      } catch (AnomalyException damaged) {
        if (damaged.anomaly().category() != Category.FAULT) {
          throw damaged;
        }
        tiers.get(i).remove(id); // healed by what the next tier has
        repairs.increment();
      }
    }
    long start = Reads.start();
    try {
      ByteBuffer bytes = store.get(id).orElseThrow(() -> missing(id));
      storeReads.increment();
      Segment segment = decoder.segment(id, bytes.duplicate());
      Reads.read(STORE, start);
      fill(tiers.size(), id, bytes);
      return segment;
    } catch (AnomalyException lost) {
      throw lost.anomaly().category() == Category.FAULT ? withAdvice(lost) : lost;
    }
  }

  /// No tier has a whole copy; but what indexes hold follows from the log.
  private static AnomalyException withAdvice(AnomalyException lost) {
    return Anomaly.fault(
            lost.anomaly().message(),
            "Make the indexes anew from the log, with `valence db reindex NAME`, or restore the"
                + " database from a backup.")
        .toException(lost);
  }

  private void fill(int below, BlobId id, ByteBuffer bytes) {
    for (int i = 0; i < below; i++) {
      tiers.get(i).put(id, bytes.duplicate());
    }
  }

  private static AnomalyException missing(BlobId id) {
    return Anomaly.fault(
            "Segment " + id + " is in no tier and not in the store.",
            "A database value older than the grace period may have lost it: take a new one.")
        .toException();
  }

  /// Forgets segments that were deleted.
  public void forget(BlobId id) {
    heap.asMap().remove(id);
    tiers.forEach(tier -> tier.remove(id));
  }

  public CacheStats stats() {
    long damaged = tiers.stream().mapToLong(NearTier::damaged).sum();
    long bytes = heap.synchronous().policy().eviction().stream()
        .mapToLong(eviction -> eviction.weightedSize().orElse(0))
        .sum();
    return new CacheStats(
        heapHits.sum(), nearHits.sum(), storeReads.sum(), repairs.sum() + damaged, bytes);
  }
}
