package valence.api;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// How a database and the indexing of it stand, in the process that has it open.
///
/// @param t            the newest transaction known here
/// @param indexT       the newest one that is in the durable indexes; -1 when none is
/// @param noveltyRows  rows beyond it, in memory
/// @param noveltyBytes about what they take
/// @param indexing     the index job under way; empty when none is
/// @param failures     how many index jobs have failed since the last that didn't
/// @param lastError    why the last index job failed; empty after one that didn't
/// @param cache        what the segment cache of the whole system has done
public record DbStatus(
    long t,
    long indexT,
    long noveltyRows,
    long noveltyBytes,
    Optional<Progress> indexing,
    int failures,
    Optional<String> lastError,
    Cache cache) {

  /// How much of its work an index job has done.
  public record Progress(long rowsDone, long rowsTotal) {}

  /// What a segment cache has done since it was made.
  ///
  /// @param heapHits   segments found decoded
  /// @param nearHits   segments found in a directory nearer than the storage
  /// @param storeReads segments read from the storage
  /// @param repairs    damaged copies that were dropped and read anew
  /// @param heapBytes  what the decoded segments take now
  public record Cache(long heapHits, long nearHits, long storeReads, long repairs, long heapBytes) {

    /// The counts by name.
    public Map<Keyword, Object> toMap() {
      Map<Keyword, Object> map = new LinkedHashMap<>();
      map.put(Keyword.intern("heap-hits"), heapHits);
      map.put(Keyword.intern("near-hits"), nearHits);
      map.put(Keyword.intern("store-reads"), storeReads);
      map.put(Keyword.intern("repairs"), repairs);
      map.put(Keyword.intern("heap-bytes"), heapBytes);
      return map;
    }
  }

  /// The same by name, without what is empty.
  public Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(Keyword.intern("t"), t);
    map.put(Keyword.intern("index-t"), indexT);
    map.put(Keyword.intern("novelty-rows"), noveltyRows);
    map.put(Keyword.intern("novelty-bytes"), noveltyBytes);
    indexing.ifPresent(progress -> {
      Map<Keyword, Object> rows = new LinkedHashMap<>();
      rows.put(Keyword.intern("rows-done"), progress.rowsDone());
      rows.put(Keyword.intern("rows-total"), progress.rowsTotal());
      map.put(Keyword.intern("indexing"), rows);
    });
    map.put(Keyword.intern("failures"), (long) failures);
    lastError.ifPresent(error -> map.put(Keyword.intern("last-error"), error));
    map.put(Keyword.intern("cache"), cache.toMap());
    return map;
  }
}
