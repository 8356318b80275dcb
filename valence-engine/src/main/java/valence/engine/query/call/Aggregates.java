package valence.engine.query.call;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;
import valence.engine.function.Arithmetic;
import valence.engine.function.Comparison;
import valence.engine.function.Invocable;

/// The aggregates that queries define themselves. The last argument is the list of values of a
/// group, which is never empty; those before it are constants.
public final class Aggregates {
  /// Values that `rand` draws at most.
  private static final int DRAWN_MAX = 1_000_000;

  private static final Map<String, Invocable> AGGREGATES = Map.ofEntries(
      Map.entry("count", args -> (long) values("count", args).size()),
      Map.entry("count-distinct", args ->
          (long) distinct(values("count-distinct", args)).size()),
      Map.entry("sum", args -> sum(values("sum", args))),
      Map.entry("avg", args -> average(values("avg", args))),
      Map.entry("median", args -> median(values("median", args))),
      Map.entry("variance", args -> variance(values("variance", args))),
      Map.entry("stddev", args -> Math.sqrt(variance(values("stddev", args)))),
      Map.entry("min", args -> first("min", args, false)),
      Map.entry("max", args -> first("max", args, true)),
      Map.entry("distinct", args -> Persistent.set(distinct(values("distinct", args)))),
      Map.entry("rand", Aggregates::rand),
      Map.entry("sample", Aggregates::sample));

  private Aggregates() {}

  /// The aggregate of that unqualified name; null when queries define none.
  public static @Nullable Invocable find(String name) {
    return AGGREGATES.get(name);
  }

  private static List<?> values(String name, @Nullable Object[] args) {
    Arity.check(name, args.length, args.length == 1);
    return values(args);
  }

  private static List<?> values(@Nullable Object[] args) {
    return (List<?>) Objects.requireNonNull(args[args.length - 1]);
  }

  private static int wanted(String name, @Nullable Object[] args) {
    Arity.check(name, args.length, args.length == 2);
    if (args[0] instanceof Long count && count >= 0 && count <= DRAWN_MAX) {
      return count.intValue();
    }
    throw new IllegalArgumentException(name + " takes a count from 0 to " + DRAWN_MAX);
  }

  private static List<Object> distinct(List<?> values) {
    return new ArrayList<>(new LinkedHashSet<Object>(values));
  }

  private static Number sum(List<?> values) {
    Number sum = 0L;
    for (Object value : values) {
      sum = Arithmetic.add(sum, Arithmetic.number(value));
    }
    return sum;
  }

  private static double average(List<?> values) {
    return sum(values).doubleValue() / values.size();
  }

  private static double variance(List<?> values) {
    double mean = average(values);
    double sum = 0;
    for (Object value : values) {
      double distance = Arithmetic.number(value).doubleValue() - mean;
      sum += distance * distance;
    }
    return sum / values.size();
  }

  /// The middle value; between two, their mean, which of integers is an integer.
  private static Number median(List<?> values) {
    List<Object> sorted = new ArrayList<>(values);
    sorted.sort(Comparison::compare);
    int middle = sorted.size() / 2;
    Number upper = Arithmetic.number(sorted.get(middle));
    if (sorted.size() % 2 == 1) {
      return upper;
    }
    Number lower = Arithmetic.number(sorted.get(middle - 1));
    return Arithmetic.divide(Arithmetic.add(lower, upper), 2L);
  }

  private static @Nullable Object first(String name, @Nullable Object[] args, boolean descending) {
    if (args.length == 1) {
      return descending
          ? Collections.max(values(args), Comparison::compare)
          : Collections.min(values(args), Comparison::compare);
    }
    int count = wanted(name, args);
    List<Object> sorted = new ArrayList<>(values(args));
    sorted.sort(
        descending ? (x, y) -> Comparison.compare(y, x) : (x, y) -> Comparison.compare(x, y));
    return Persistent.vector(sorted.subList(0, Math.min(count, sorted.size())));
  }

  private static @Nullable Object rand(@Nullable Object[] args) {
    List<?> values = values(args);
    ThreadLocalRandom random = ThreadLocalRandom.current();
    if (args.length == 1) {
      return values.get(random.nextInt(values.size()));
    }
    int count = wanted("rand", args);
    List<Object> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drawn.add(values.get(random.nextInt(values.size())));
    }
    return Persistent.vector(drawn);
  }

  private static Object sample(@Nullable Object[] args) {
    int count = wanted("sample", args);
    List<Object> distinct = distinct(values(args));
    Collections.shuffle(distinct, ThreadLocalRandom.current());
    return Persistent.vector(distinct.subList(0, Math.min(count, distinct.size())));
  }
}
