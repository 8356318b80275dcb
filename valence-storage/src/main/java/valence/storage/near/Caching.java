package valence.storage.near;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.cache.NearTier;

/// Where segments are kept nearer than their storage, and how much of them.
///
/// @param heapBytes what decoded segments may take in memory; empty for what suits the heap
/// @param tiers     directories with encoded ones, the nearest first
public record Caching(OptionalLong heapBytes, List<Directory> tiers) {
  /// In memory alone, as much as suits the heap.
  public static final Caching IN_HEAP = new Caching(OptionalLong.empty(), List.of());

  /// What a directory holds at most when nobody says.
  public static final long DIRECTORY_BYTES_DEFAULT = 10L << 30;

  /// The least that a limit may be: a few of the largest segments.
  public static final long BYTES_LEAST = 1L << 20;

  private static final Set<Keyword> KEYS = Set.of(
      kw("heap-bytes"), kw("disk-dir"), kw("disk-bytes"), kw("shared-dir"), kw("shared-bytes"));

  private static final String EXPECTED =
      "Expected :heap-bytes, :disk-dir, :disk-bytes, :shared-dir or :shared-bytes.";

  /// @param name     one word, for io-stats
  /// @param path     absolute; made when it isn't there
  /// @param bytesMax what its copies may take
  public record Directory(String name, Path path, long bytesMax) {}

  public Caching {
    tiers = List.copyOf(tiers);
  }

  /// What the `:cache` of a client's map says, all of it optional:
  ///
  ///     {:heap-bytes 268435456
  ///      :disk-dir "/path" :disk-bytes 10737418240
  ///      :shared-dir "/path" :shared-bytes 10737418240}
  ///
  /// @param cache null for none
  public static Caching of(@Nullable Object cache) {
    if (cache == null) {
      return IN_HEAP;
    }
    if (!(cache instanceof Map<?, ?> map)) {
      throw incorrect(":cache isn't a map.", EXPECTED);
    }
    Map<Keyword, Object> given = new HashMap<>();
    map.forEach((name, value) -> {
      Keyword key = name instanceof Keyword keyword ? keyword : kw(String.valueOf(name));
      if (!KEYS.contains(key)) {
        throw incorrect(":cache has a key " + name + ".", EXPECTED);
      }
      if (value != null) {
        given.put(key, value);
      }
    });
    OptionalLong heapBytes = given.get(kw("heap-bytes")) == null
        ? OptionalLong.empty()
        : OptionalLong.of(bytes(given, "heap-bytes"));
    List<Directory> tiers = new ArrayList<>();
    for (String name : List.of("disk", "shared")) {
      Object path = given.get(kw(name + "-dir"));
      if (path != null) {
        tiers.add(new Directory(name, path(name, path), bytes(given, name + "-bytes")));
      } else if (given.get(kw(name + "-bytes")) != null) {
        throw incorrect(
            ":cache has :" + name + "-bytes and no :" + name + "-dir.",
            "Expected the directory that the bytes are a limit of.");
      }
    }
    return new Caching(heapBytes, tiers);
  }

  /// Opens the tiers; `unavailable` when a directory can't be made or read.
  ///
  /// @param encrypted whether the storage is: then `unsupported`, since copies wouldn't be
  public List<NearTier> open(boolean encrypted) {
    if (encrypted && !tiers.isEmpty()) {
      throw Anomaly.of(
              Anomaly.Category.UNSUPPORTED,
              "A cache directory is given for a storage that is encrypted.",
              "The copies there wouldn't be encrypted.",
              "Leave the directory out; segments are kept in memory.")
          .toException();
    }
    List<NearTier> opened = new ArrayList<>();
    for (Directory tier : tiers) {
      try {
        opened.add(new FileTier(tier.name(), tier.path(), tier.bytesMax()));
      } catch (IOException e) {
        throw Anomaly.of(
                Anomaly.Category.UNAVAILABLE,
                "The cache directory " + tier.path() + " can't be used: " + e + ".",
                "Expected a directory that this process may write.")
            .toException(e);
      }
    }
    return opened;
  }

  private static long bytes(Map<Keyword, Object> given, String key) {
    Object value = given.get(kw(key));
    if (value == null) {
      return DIRECTORY_BYTES_DEFAULT;
    }
    if ((value instanceof Long || value instanceof Integer)
        && ((Number) value).longValue() >= BYTES_LEAST) {
      return ((Number) value).longValue();
    }
    throw incorrect(
        ":" + key + " of :cache is " + value + ".",
        "Expected a number of bytes, " + BYTES_LEAST + " at least.");
  }

  private static Path path(String name, Object value) {
    if (value instanceof String || value instanceof Path) {
      try {
        Path path = Path.of(value.toString());
        if (path.isAbsolute()) {
          return path.normalize();
        }
      } catch (InvalidPathException e) {
        throw Anomaly.of(Anomaly.Category.INCORRECT, value + " is no path.").toException(e);
      }
    }
    throw incorrect(":" + name + "-dir of :cache is " + value + ".", "Expected an absolute path.");
  }

  private static AnomalyException incorrect(String... sentences) {
    return Anomaly.of(Anomaly.Category.INCORRECT, sentences).toException();
  }
}
