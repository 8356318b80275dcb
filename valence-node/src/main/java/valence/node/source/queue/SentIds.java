package valence.node.source.queue;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;

/// The deduplication ids that a queue that keeps an order was sent lately, durably. Guarded by who
/// holds the right to send.
final class SentIds {
  /// For how long a message with an id that was sent is taken for the same, as at AWS.
  static final Duration WINDOW = Duration.ofMinutes(5);

  /// How many ids may be known at once.
  static final int COUNT_MAX = 200_000;

  static final Keyword KEY = kw("sent/key");
  static final Keyword MESSAGE = kw("sent/message");
  static final Keyword SEQUENCE = kw("sent/sequence");
  static final Keyword UNTIL = kw("sent/until");

  private static final char END = '\n';

  /// Of ids that are too old, what is forgotten with each message that is sent.
  private static final int FORGOTTEN_AT_ONCE_MAX = 32;

  private record Known(Sent sent, long untilMillis) {}

  private final String queue;
  private final Map<String, Known> known = new LinkedHashMap<>(); // oldest first

  SentIds(String queue) {
    this.queue = queue;
  }

  static String queueOf(String key) {
    return key.substring(0, key.indexOf(END));
  }

  /// An id that was known when the system started; to be told of oldest first.
  void restore(String key, UUID message, long sequence, long untilMillis) {
    known.put(
        key.substring(queue.length() + 1), new Known(new Sent(message, sequence), untilMillis));
  }

  /// What was sent with an id within the window.
  Optional<Sent> find(String id, long now) {
    @Nullable Known found = known.get(id);
    return found != null && found.untilMillis() > now
        ? Optional.of(found.sent())
        : Optional.empty();
  }

  /// The facts that ids are sent, and that old ones are forgotten.
  List<Object> facts(Map<String, Sent> sent, long now) {
    if (known.size() + sent.size() > COUNT_MAX + FORGOTTEN_AT_ONCE_MAX) {
      throw Anomaly.of(
              Anomaly.Category.BUSY,
              "The queue " + queue + " was sent " + known.size() + " deduplication ids lately.",
              "It can tell " + COUNT_MAX + " of the last " + WINDOW.toMinutes() + " minutes apart.",
              "Try again in a while.")
          .withError("ion.error/queue-full")
          .toException();
    }
    List<Object> facts = new ArrayList<>();
    old(now, sent.keySet())
        .forEach(id -> facts.add(List.of(kw("db/retractEntity"), List.of(KEY, queue + END + id))));
    sent.forEach((id, each) -> facts.add(Map.of(
        KEY,
        queue + END + id,
        MESSAGE,
        each.id(),
        SEQUENCE,
        each.sequence(),
        UNTIL,
        now + WINDOW.toMillis())));
    return facts;
  }

  /// @param not those that are sent anew
  private List<String> old(long now, Set<String> not) {
    List<String> old = new ArrayList<>();
    Iterator<Map.Entry<String, Known>> each = known.entrySet().iterator();
    while (each.hasNext() && old.size() < FORGOTTEN_AT_ONCE_MAX) {
      Map.Entry<String, Known> next = each.next();
      if (next.getValue().untilMillis() > now) {
        break;
      }
      if (!not.contains(next.getKey())) {
        old.add(next.getKey());
      }
    }
    return old;
  }

  /// Knows what [#facts] said, which is durable now.
  void sent(Map<String, Sent> sent, long now) {
    old(now, sent.keySet()).forEach(known::remove);
    sent.forEach((id, each) -> {
      known.remove(id); // so that it is among the newest
      known.put(id, new Known(each, now + WINDOW.toMillis()));
    });
  }

  /// The facts that all are forgotten.
  List<Object> oblivion() {
    List<Object> facts = new ArrayList<>();
    known
        .keySet()
        .forEach(id -> facts.add(List.of(kw("db/retractEntity"), List.of(KEY, queue + END + id))));
    return facts;
  }
}
