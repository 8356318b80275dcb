package valence.node.telemetry;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;
import valence.ion.AppInfo;

/// What applications said lately. Safe for many threads.
///
/// The last [#KEPT_MAX] are kept, and wait to be asked for. Of one message so many pass at once and
/// so many a second; what is held back is counted, and told in one line: an application that says
/// the same in a loop costs neither disk nor the sight of what others say.
public final class Casts {
  /// How many are kept.
  public static final int KEPT_MAX = 2_000;

  /// What the kept ones may take together, in characters as printed.
  static final int KEPT_CHARACTERS_MAX = 8 << 20;

  /// How long one may wait for more.
  public static final Duration WAIT_MAX = Duration.ofSeconds(30);

  /// How long casts for developers may be let through.
  public static final Duration DEV_MAX = Duration.ofHours(24);

  private static final Rates.Limit OF_MESSAGE = new Rates.Limit(50, 5);
  private static final Rates.Limit OF_ALL = new Rates.Limit(1_000, 200);
  private static final int METRICS_MAX = Metrics.SERIES_MAX;
  private static final Logger LOG = Logger.getLogger("cast");
  private static final Keyword MSG = kw("msg");

  /// One of the application's own measurements.
  private static final class Measured {
    private final LongAdder count = new LongAdder();
    private final DoubleAdder sum = new DoubleAdder();
    private volatile double last;
  }

  private record Kept(Said said, int characters) {}

  private final Metrics metrics;
  private final AlertHook alerts;
  private final Rates rates = new Rates(OF_MESSAGE, OF_ALL, System::nanoTime);
  private final Deque<Kept> kept = new ArrayDeque<>(); // guarded by itself, as what follows
  private int keptCharacters;
  private long lastNumber;
  private volatile long devUntilNanos = System.nanoTime();
  private final Map<Metrics.Labels, Measured> measured = new ConcurrentHashMap<>();

  Casts(Metrics metrics, AlertHook alerts) {
    this.metrics = metrics;
    this.alerts = alerts;
    metrics.source(this::tell);
  }

  /// Takes what an application said, checked.
  public void say(String kind, Map<Keyword, Object> given, @Nullable AppInfo app) {
    switch (kind) {
      case "dev" -> {
        if (devUntilNanos - System.nanoTime() <= 0) {
          return;
        }
      }
      case "metric" -> measure(given);
      case "alert" -> alerted("cast");
      default -> {}
    }
    Object message = given.get(kind.equals("metric") ? kw("name") : MSG);
    long suppressed = rates.pass(kind + " " + Plain.bounded(String.valueOf(message)));
    if (suppressed < 0) {
      metrics
          .counter("valence_casts_suppressed_total", "Casts beyond their rate.", "kind", kind)
          .increment();
      return;
    }
    Map<Keyword, Object> fields = Plain.map(given);
    if (suppressed > 0) {
      fields.put(kw("valence.cast/suppressed"), suppressed);
    }
    add(kind, fields, app, true);
  }

  /// Takes a warning or an error that an application logged, as an alert.
  void logged(String logger, Level level, String text, @Nullable Throwable thrown, AppInfo app) {
    alerted("log");
    long suppressed = rates.pass("log " + logger + " " + Plain.bounded(text));
    if (suppressed < 0) {
      return;
    }
    Map<Keyword, Object> fields = new LinkedHashMap<>();
    fields.put(MSG, Plain.bounded(text));
    fields.put(kw("logger"), logger);
    fields.put(kw("level"), TextLines.word(level));
    if (thrown != null) {
      fields.put(kw("ex"), Plain.thrown(thrown, 0));
    }
    add("alert", fields, app, false);
  }

  /// Says as the node itself that somebody has to look at something.
  public void alert(String message, Map<Keyword, Object> more, @Nullable AppInfo app) {
    alerted("node");
    if (rates.pass("node " + message) < 0) {
      return;
    }
    Map<Keyword, Object> fields = new LinkedHashMap<>();
    fields.put(MSG, message);
    fields.putAll(Plain.map(more));
    add("alert", fields, app, false);
  }

  private void alerted(String source) {
    metrics
        .counter("valence_alerts_total", "What somebody has to look at.", "source", source)
        .increment();
  }

  private void add(
      String kind, Map<Keyword, Object> given, @Nullable AppInfo app, boolean isLogged) {
    Map<Keyword, Object> fields = Secrets.masked(given);
    Cause cause = Cause.orNull();
    Said said;
    int characters = Edn.print(fields).length();
    synchronized (kept) {
      said = new Said(++lastNumber, Instant.now(), kind, fields, app, cause);
      kept.add(new Kept(said, characters));
      keptCharacters += characters;
      while (kept.size() > KEPT_MAX || keptCharacters > KEPT_CHARACTERS_MAX && kept.size() > 1) {
        keptCharacters -= kept.remove().characters();
      }
      kept.notifyAll();
    }
    if (isLogged && !kind.equals("metric")) {
      log(said);
    }
    if (kind.equals("alert")) {
      alerts.post(said);
    }
  }

  private static void log(Said said) {
    Level level = said.kind().equals("alert") ? Level.WARNING : Level.INFO;
    if (LOG.isLoggable(level)) {
      var record = new LogRecord(level, "cast-" + said.kind());
      record.setLoggerName(LOG.getName());
      record.setParameters(new Object[] {said});
      LOG.log(record);
    }
  }

  /// Lets casts for developers through for a while, or not any more with nothing.
  public void letDevThrough(Duration duration) {
    devUntilNanos = System.nanoTime() + duration.toNanos();
  }

  /// What was said after a number, oldest first, and waits for something if there is nothing.
  ///
  /// @param kind null for any
  /// @return `{:casts […] :next number :missed count}`; `:missed` are gone from the ring
  public Map<Keyword, Object> after(
      long number, @Nullable String kind, int limit, long deadlineNanos)
      throws InterruptedException {
    synchronized (kept) {
      while (true) {
        List<Map<Keyword, Object>> found = new ArrayList<>();
        long from = Math.min(number, lastNumber); // a node that began anew counts from 1
        long next = from;
        Kept first = kept.peek();
        long missed = first == null ? 0 : Math.max(0, first.said().number() - 1 - from);
        for (Kept each : kept) {
          if (each.said().number() > from) {
            if (found.size() == limit) {
              break;
            }
            next = each.said().number();
            if (kind == null || kind.equals(each.said().kind())) {
              found.add(each.said().toMap());
            }
          }
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (!found.isEmpty() || millis <= 0) {
          Map<Keyword, Object> answer = new LinkedHashMap<>();
          answer.put(kw("casts"), found);
          answer.put(kw("next"), next);
          answer.put(kw("missed"), missed);
          return answer;
        }
        kept.wait(millis);
      }
    }
  }

  /// The number of the last but so many, to begin [#after] with.
  public long before(int count) {
    synchronized (kept) {
      return Math.max(0, lastNumber - count);
    }
  }

  private void measure(Map<Keyword, Object> given) {
    if (!(given.get(kw("name")) instanceof Keyword name)
        || !(given.get(kw("value")) instanceof Number value)
        || !(given.get(kw("units")) instanceof Keyword units)) {
      return;
    }
    String text =
        name.getNamespace() == null ? name.getName() : name.getNamespace() + "/" + name.getName();
    var labels = new Metrics.Labels(List.of("name", text, "units", units.getName()));
    if (measured.size() >= METRICS_MAX && !measured.containsKey(labels)) {
      labels = labels.other();
    }
    Measured of = measured.computeIfAbsent(labels, _ -> new Measured());
    double number = value.doubleValue();
    of.count.increment();
    if (Double.isFinite(number)) {
      of.sum.add(number);
    }
    of.last = number;
  }

  private void tell(Samples samples) {
    measured.forEach((labels, of) -> {
      String[] pairs = labels.pairs().toArray(String[]::new);
      samples.summary(
          "valence_cast_metric",
          "What applications cast as metrics.",
          of.count.sum(),
          of.sum.sum(),
          pairs);
      samples.gauge("valence_cast_metric_last", "The last value cast.", of.last, pairs);
    });
  }

  /// Says what was held back and never passed again; called now and then.
  void tellSuppressed() {
    Map<String, Long> held = rates.suppressed();
    if (held != null) {
      held.forEach((message, count) -> {
        var record =
            new LogRecord(Level.INFO, "casts-suppressed count=" + count + " of=" + message);
        record.setLoggerName("valence.node.telemetry.Casts");
        LOG.log(record);
      });
    }
  }
}
