package valence.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import valence.api.Valence;
import valence.edn.Edn;

/// How long does each query of a suite over MusicBrainz take? `bench/real DATA SUITE [id …]`.
///
/// Loads the batches of the folder DATA into memory and runs the cases of the suite, each until it
/// is warm and then for a second. Prints the median and the least time of a run, from the query
/// form to the rows, with the number of rows and whether it is the expected one; that the rows are
/// right is what the conformance runner says.
final class SuiteTimes {
  private static final List<String> FILES = List.of(
      "schema",
      "enums",
      "super-enums",
      "artists",
      "areleases",
      "areleases-artists",
      "labels",
      "releases",
      "releases-artists");

  private static final String BATCH_ID = """
      [{:db/ident :mbrainz.initial-import/batch-id :db/valueType :db.type/string
        :db/cardinality :db.cardinality/one :db/unique :db.unique/value}]
      """;

  private static final long WARM_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long MEASURED_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int RUNS_MIN = 3;

  private SuiteTimes() {}

  /// @param args the class of the [SuiteSystem], the folder, the suite, and the cases wanted
  public static void main(String[] args) throws Exception {
    Path data = Path.of(args[1]);
    List<?> suites = (List<?>) Objects.requireNonNull(Edn.read(text(Path.of(args[2]))));
    List<String> wanted = List.of(args).subList(3, args.length);
    try (SuiteSystem system =
        (SuiteSystem) Class.forName(args[0]).getDeclaredConstructor().newInstance()) {
      load(data, system);
      system.settle();
      System.out.printf(
          "%-10s %10s %10s %8s  %s%n", "query", "median ms", "least ms", "rows", system.name());
      for (Object suite : suites) {
        for (Object one : (List<?>) at(suite, "cases")) {
          String id = (String) at(one, "id");
          if (at(one, "op").equals(Valence.kw("q")) && (wanted.isEmpty() || wanted.contains(id))) {
            measure(id, (Map<?, ?>) one, system);
          }
        }
      }
    }
  }

  private static Object at(Object map, String key) {
    return Objects.requireNonNull(((Map<?, ?>) map).get(Valence.kw(key)));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static void load(Path data, SuiteSystem system) {
    system.transact((List<?>) Objects.requireNonNull(Edn.read(BATCH_ID)));
    for (String name : FILES) {
      for (Object batch : Edn.readAll(text(data.resolve(name + ".edn")), Map.of())) {
        List<Object> forms = new ArrayList<>(List.of(at(batch, "batch-ident")));
        forms.addAll((List<?>) at(batch, "data"));
        system.transact(forms);
      }
    }
  }

  private static void measure(String id, Map<?, ?> one, SuiteSystem system) {
    Object db = system.db();
    List<Object> args = new ArrayList<>();
    for (Object arg : (List<?>) at(one, "args")) {
      args.add(arg.equals(Valence.kw("db")) ? db : arg);
    }
    Supplier<Collection<?>> query = () -> system.q(at(one, "query"), args);
    run(query, WARM_NANOS);
    long[] nanos = run(query, MEASURED_NANOS);
    Collection<?> rows = query.get();
    boolean isExpected = !(at(one, "expect") instanceof Map<?, ?> expect)
        || !(expect.get(Valence.kw("rows")) instanceof Collection<?> expected)
        || new HashSet<>(expected).size() == new HashSet<>(rows).size();
    System.out.printf(
        Locale.ROOT,
        "%-10s %10.3f %10.3f %8d%s%n",
        id,
        nanos[nanos.length / 2] / 1e6,
        nanos[0] / 1e6,
        rows.size(),
        isExpected ? "" : "  CHECKS DIFFER");
  }

  /// The times of runs, ascending.
  private static long[] run(Supplier<Collection<?>> query, long duration) {
    List<Long> times = new ArrayList<>();
    long end = System.nanoTime() + duration;
    while (times.size() < RUNS_MIN || System.nanoTime() < end) {
      long start = System.nanoTime();
      Collection<?> rows = query.get();
      for (Object row : rows) {
        Objects.requireNonNull(row); // rows may be made when they are read
      }
      times.add(System.nanoTime() - start);
    }
    long[] sorted = times.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }
}
