package valence.node.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.node.lambda.Json;
import valence.node.source.queue.Draft;
import valence.node.source.queue.Message;
import valence.node.source.queue.Queue;
import valence.wire.ion.Origin;
import valence.wire.schedule.Timetable;

/// Makes an event at each time of a schedule, as EventBridge does.
///
/// The position is the last time that was made an event of, or left out. It is moved, from what it
/// was known to be, in the transaction that queues the event: of several who see that it is time,
/// one succeeds.
final class ScheduleFeeder implements Feeder {
  /// A payload is an event as it was queued.
  static final Pump.Shape SHAPE =
      messages -> messages.stream().map(Message::body).toList().getFirst();

  /// A time that is past for longer was missed.
  static final Duration GRACE = Duration.ofSeconds(60);

  /// So that a change of the machine's clock is noticed.
  private static final Duration PAUSE_MAX = Duration.ofSeconds(30);

  /// In which the newest time that is due is looked for, one after the other, so that years of a
  /// time each second aren't gone through.
  private static final List<Duration> WINDOWS =
      List.of(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(32));

  private final String source;
  private final Origin.Schedule origin;
  private final Timetable timetable;
  private final ZoneId zone;
  private final SourceFacts facts;
  private final Queue queue;
  private final Clock clock;
  private final AtomicLong missed = new AtomicLong();
  private volatile String position = "";

  ScheduleFeeder(
      String source, Origin.Schedule origin, SourceFacts facts, Queue queue, Clock clock) {
    this.source = source;
    this.origin = origin;
    this.timetable = Timetable.parse(origin.cron());
    this.zone = ZoneId.of(origin.zone());
    this.facts = facts;
    this.queue = queue;
    this.clock = clock;
  }

  @Override
  public String position() {
    return position;
  }

  @Override
  public long missed() {
    return missed.get();
  }

  @Override
  public Duration feed() {
    Instant now = clock.instant();
    OptionalLong known = facts.position();
    if (known.isEmpty()) {
      known = OptionalLong.of(now.getEpochSecond());
      claim(OptionalLong.empty(), known.getAsLong(), List.of());
    }
    Instant last = Instant.ofEpochSecond(known.getAsLong());
    Optional<Instant> due = newest(last, now);
    if (due.isPresent()) {
      boolean late = due.get().isBefore(now.minus(GRACE));
      if (late) {
        missed.incrementAndGet();
      }
      List<Draft> event =
          late && !origin.missed() ? List.of() : List.of(new Draft(event(due.get())));
      claim(known, due.get().getEpochSecond(), event);
      last = due.get();
    }
    Optional<Instant> next = timetable.next(last.isAfter(now) ? last : now, zone);
    position = next.map(instant -> "next " + instant).orElse("no more times");
    Duration pause = next.map(instant -> Duration.between(now, instant)).orElse(PAUSE_MAX);
    return pause.compareTo(PAUSE_MAX) < 0 ? pause : PAUSE_MAX;
  }

  private void claim(OptionalLong from, long to, List<Draft> events) {
    try {
      queue.send(events, List.of(facts.moved(from, to)));
    } catch (AnomalyException e) {
      // Somebody else did: it is his to run.
      if (e.anomaly().category() != Anomaly.Category.CONFLICT) {
        throw e;
      }
    }
  }

  /// The newest time after one and up to another.
  private Optional<Instant> newest(Instant after, Instant until) {
    for (Duration window : WINDOWS) {
      Instant from = until.minus(window);
      if (from.isAfter(after)) {
        Optional<Instant> found = newestOfAll(from, until);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return newestOfAll(after, until);
  }

  private Optional<Instant> newestOfAll(Instant after, Instant until) {
    Optional<Instant> newest = Optional.empty();
    Optional<Instant> next = timetable.next(after, zone);
    while (next.isPresent() && !next.get().isAfter(until)) {
      newest = next;
      next = timetable.next(next.get(), zone);
    }
    return newest;
  }

  private String event(Instant time) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("version", "0");
    event.put(
        "id", UUID.nameUUIDFromBytes((source + " " + time).getBytes(UTF_8)).toString());
    event.put("detail-type", "Scheduled Event");
    event.put("source", "aws.events");
    event.put("account", "000000000000");
    event.put("time", time.toString());
    event.put("region", "local");
    event.put("resources", List.of("arn:aws:events:local:000000000000:rule/" + source));
    event.put("detail", Map.of());
    return Json.print(event);
  }
}
