package valence.node.telemetry;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.ion.AppInfo;

/// Calls that were given up and interrupted, and don't end: what they are at is said once, and they
/// are counted until they end. Nothing can make a thread of Java end; it is kept from costing more
/// than its place. Safe for many threads.
public final class Overdue {
  private static final Logger LOG = LoggerFactory.getLogger(Overdue.class);

  /// How long a call may take to heed its interrupt.
  static final long GRACE_MILLIS = 500;

  private static final int FRAMES_MAX = 12;

  private record Call(
      String what,
      Thread thread,
      BooleanSupplier underWay,
      @Nullable AppInfo app,
      @Nullable Cause cause,
      Instant since) {}

  private final Telemetry telemetry;
  private final Set<Call> calls = ConcurrentHashMap.newKeySet();

  Overdue(Telemetry telemetry) {
    this.telemetry = telemetry;
    telemetry
        .metrics()
        .source(samples -> samples.gauge(
            "valence_calls_stuck",
            "Calls that were given up and don't end.",
            stuck().size()));
  }

  /// Keeps an eye on a call that was interrupted just now.
  ///
  /// @param underWay whether the thread is still at it
  public void watch(
      String what,
      Thread thread,
      BooleanSupplier underWay,
      @Nullable AppInfo app,
      @Nullable Cause cause) {
    var call = new Call(what, thread, underWay, app, cause, Instant.now());
    calls.add(call);
    telemetry.later(() -> look(call), GRACE_MILLIS);
  }

  private void look(Call call) {
    if (!call.underWay().getAsBoolean()) {
      calls.remove(call);
      return;
    }
    String stack = stack(call.thread());
    String revision = call.app() == null ? "" : call.app().revision();
    String request = call.cause() == null ? "" : call.cause().requestId();
    LOG.error(
        "call-stuck what={} revision={} request={} thread={} stack={}",
        call.what(),
        revision,
        request,
        call.thread().getName(),
        stack);
    Map<Keyword, Object> fields = new LinkedHashMap<>();
    fields.put(kw("valence.call/what"), call.what());
    fields.put(kw("valence.call/stack"), stack);
    telemetry
        .casts()
        .alert("A call was given up and doesn't end: " + call.what(), fields, call.app());
    await(call);
  }

  private void await(Call call) {
    telemetry.later(
        () -> {
          if (call.underWay().getAsBoolean()) {
            await(call);
          } else {
            calls.remove(call);
            LOG.info("call-ended-late what={} millis={}", call.what(), age(call));
          }
        },
        1_000);
  }

  private static long age(Call call) {
    return Instant.now().toEpochMilli() - call.since().toEpochMilli();
  }

  private static String stack(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .limit(FRAMES_MAX)
        .map(StackTraceElement::toString)
        .collect(Collectors.joining(" < "));
  }

  /// How many calls of a revision don't end.
  public int of(AppInfo app) {
    int count = 0;
    for (Call call : calls) {
      if (app.equals(call.app()) && call.underWay().getAsBoolean()) {
        count++;
      }
    }
    return count;
  }

  /// Those that don't end, as `status` tells them.
  public List<Map<Keyword, Object>> stuck() {
    List<Map<Keyword, Object>> all = new ArrayList<>();
    for (Call call : calls) {
      if (call.underWay().getAsBoolean() && age(call) > GRACE_MILLIS) {
        Map<Keyword, Object> map = new LinkedHashMap<>();
        map.put(kw("what"), call.what());
        if (call.app() != null) {
          map.put(kw("revision"), call.app().revision());
        }
        if (call.cause() != null) {
          map.put(kw("request"), call.cause().requestId());
        }
        map.put(kw("since"), Date.from(call.since()));
        map.put(kw("stack"), stack(call.thread()));
        all.add(map);
      }
    }
    return all;
  }
}
