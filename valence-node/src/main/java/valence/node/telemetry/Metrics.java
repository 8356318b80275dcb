package valence.node.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// What a node counts, by name and labels. Safe for many threads.
///
/// Who counts often finds its series once and keeps it: adding to one is an increment. A name has
/// [#SERIES_MAX] series at most; what more there would be is counted under labels of `other`, so
/// that what applications and callers name can't fill the memory.
public final class Metrics {
  /// Series of one name, at most.
  public static final int SERIES_MAX = 1_000;

  private static final String OTHER = "other";

  /// Labels, as names and values in turns.
  record Labels(List<String> pairs) {
    Labels {
      pairs = List.copyOf(pairs);
    }

    Labels other() {
      List<String> others = new ArrayList<>(pairs);
      for (int i = 1; i < others.size(); i += 2) {
        others.set(i, OTHER);
      }
      return new Labels(others);
    }

    boolean has(String name, String value) {
      for (int i = 0; i < pairs.size(); i += 2) {
        if (pairs.get(i).equals(name) && pairs.get(i + 1).equals(value)) {
          return true;
        }
      }
      return false;
    }
  }

  /// What has one name, with a value for each series.
  private record Kept<T>(String help, Map<Labels, T> series) {
    Kept(String help) {
      this(help, new ConcurrentHashMap<>());
    }
  }

  private final Map<String, Kept<LongAdder>> counters = new ConcurrentSkipListMap<>();
  private final Map<String, Kept<Histogram>> histograms = new ConcurrentSkipListMap<>();
  private final List<Consumer<Samples>> sources = new CopyOnWriteArrayList<>();

  /// The counter of a name, which ends with `_total`, and labels: names and values in turns.
  public LongAdder counter(String name, String help, String... labels) {
    return series(
        counters.computeIfAbsent(name, _ -> new Kept<>(help)).series(), labels, new LongAdder());
  }

  /// The histogram of a name, which ends with `_seconds`, and labels.
  public Histogram histogram(String name, String help, String... labels) {
    return series(
        histograms.computeIfAbsent(name, _ -> new Kept<>(help)).series(), labels, new Histogram());
  }

  private static <T> T series(Map<Labels, T> all, String[] labels, T made) {
    var key = new Labels(List.of(labels));
    T found = all.get(key);
    if (found != null) {
      return found;
    }
    if (all.size() >= SERIES_MAX) {
      key = key.other();
    }
    T before = all.putIfAbsent(key, made);
    return before == null ? made : before;
  }

  /// Asks for more samples whenever these are read.
  public void source(Consumer<Samples> source) {
    sources.add(source);
  }

  /// Forgets each series with a label.
  public void forget(String label, String value) {
    Predicate<Labels> gone = labels -> labels.has(label, value);
    counters.values().forEach(kept -> kept.series().keySet().removeIf(gone));
    histograms.values().forEach(kept -> kept.series().keySet().removeIf(gone));
  }

  /// All there is now.
  public Samples read() {
    var samples = new Samples();
    counters.forEach((name, kept) -> kept.series()
        .forEach((labels, count) -> samples.counter(name, kept.help(), count.sum(), labels)));
    histograms.forEach((name, kept) -> kept.series()
        .forEach((labels, times) -> samples.histogram(name, kept.help(), times, labels)));
    sources.forEach(source -> source.accept(samples));
    return samples;
  }
}
