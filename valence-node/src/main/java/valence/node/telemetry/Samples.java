package valence.node.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The values of metrics at one moment. For one thread.
public final class Samples {
  /// What a metric is.
  enum Type {
    COUNTER,
    GAUGE,
    HISTOGRAM,
    SUMMARY
  }

  /// @param suffix of the family's name, such as `_sum`; empty for none
  record Sample(String suffix, Metrics.Labels labels, double value) {}

  /// All series of a name.
  record Family(Type type, String help, List<Sample> samples) {}

  private final Map<String, Family> families = new TreeMap<>();

  Map<String, Family> families() {
    return families;
  }

  /// Something that only grows; the name ends with `_total`.
  public void counter(String name, String help, double value, String... labels) {
    counter(name, help, value, new Metrics.Labels(List.of(labels)));
  }

  /// Something that goes up and down.
  public void gauge(String name, String help, double value, String... labels) {
    family(name, Type.GAUGE, help).add(new Sample("", new Metrics.Labels(List.of(labels)), value));
  }

  /// So many, and their sum.
  public void summary(String name, String help, double count, double sum, String... labels) {
    var of = new Metrics.Labels(List.of(labels));
    List<Sample> samples = family(name, Type.SUMMARY, help);
    samples.add(new Sample("_count", of, count));
    samples.add(new Sample("_sum", of, sum));
  }

  void counter(String name, String help, double value, Metrics.Labels labels) {
    family(name, Type.COUNTER, help).add(new Sample("", labels, value));
  }

  void histogram(String name, String help, Histogram times, Metrics.Labels labels) {
    List<Sample> samples = family(name, Type.HISTOGRAM, help);
    long[] counts = times.counts();
    long below = 0;
    for (int i = 0; i < counts.length; i++) {
      below += counts[i];
      String bound =
          i < Histogram.BOUNDS.length ? Exposition.number(Histogram.BOUNDS[i] / 1e9) : "+Inf";
      List<String> pairs = new ArrayList<>(labels.pairs());
      pairs.add("le");
      pairs.add(bound);
      samples.add(new Sample("_bucket", new Metrics.Labels(pairs), below));
    }
    samples.add(new Sample("_sum", labels, times.seconds()));
    samples.add(new Sample("_count", labels, below));
  }

  private List<Sample> family(String name, Type type, String help) {
    return families
        .computeIfAbsent(name, _ -> new Family(type, help, new ArrayList<>()))
        .samples();
  }
}
