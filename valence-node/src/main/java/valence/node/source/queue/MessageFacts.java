package valence.node.source.queue;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// What is said of messages. They are named by their ids, never by entity ids, so that what is said
/// holds in whichever database takes the place of this one.
final class MessageFacts {
  static final Keyword ID = kw("message/id");
  static final Keyword QUEUE = kw("message/of");
  static final Keyword SEQUENCE = kw("message/sequence");
  static final Keyword BODY = kw("message/body");
  static final Keyword ATTRIBUTES = kw("message/attributes");
  static final Keyword GROUP = kw("message/group");
  static final Keyword DEDUPLICATION = kw("message/deduplication");
  static final Keyword SENT = kw("message/sent");
  static final Keyword DUE = kw("message/due");
  static final Keyword RECEIVED = kw("message/received");
  static final Keyword FIRST_RECEIVED = kw("message/first-received");
  static final Keyword DEAD = kw("message/dead");

  private static final Keyword ADD = kw("db/add");
  private static final Keyword RETRACT = kw("db/retract");
  private static final Keyword RETRACT_ENTITY = kw("db/retractEntity");

  private MessageFacts() {}

  static Map<Keyword, Object> sent(String queue, Draft draft, long sequence, long now) {
    Map<Keyword, Object> message = new LinkedHashMap<>();
    message.put(ID, draft.id());
    message.put(QUEUE, queue);
    message.put(SEQUENCE, sequence);
    message.put(BODY, draft.body());
    message.put(SENT, now);
    put(message, ATTRIBUTES, draft.attributes());
    put(message, GROUP, draft.place().group());
    put(message, DEDUPLICATION, draft.place().deduplication());
    if (draft.delay().isPositive()) {
      message.put(DUE, now + draft.delay().toMillis());
    }
    return message;
  }

  private static void put(Map<Keyword, Object> message, Keyword key, String text) {
    if (!text.isEmpty()) {
      message.put(key, text);
    }
  }

  /// @param due in milliseconds since 1970; 0 for nothing about it
  static List<Object> handedOut(Entry entry, long due) {
    List<Object> said = new ArrayList<>();
    said.add(List.of(ADD, message(entry.id), RECEIVED, (long) entry.received));
    if (entry.received == 1) {
      said.add(List.of(ADD, message(entry.id), FIRST_RECEIVED, entry.firstReceivedMillis));
    }
    if (due > 0) {
      said.add(due(entry, due));
    }
    return said;
  }

  /// @param due in milliseconds since 1970
  static List<Object> due(Entry entry, long due) {
    return List.of(ADD, message(entry.id), DUE, due);
  }

  static Map<Keyword, Object> dead(Entry entry, String why) {
    return Map.of(ID, entry.id, DEAD, why);
  }

  static Map<Keyword, Object> moved(Entry entry, String queue, long sequence, long now) {
    return Map.of(
        ID, entry.id, QUEUE, queue, SEQUENCE, sequence, RECEIVED, 0L, FIRST_RECEIVED, 0L, DUE, now);
  }

  static List<Object> replayed(Entry entry) {
    return List.of(
        List.of(RETRACT, message(entry.id), DEAD, entry.dead),
        List.of(ADD, message(entry.id), RECEIVED, 0L));
  }

  static List<Object> gone(Entry entry) {
    return List.of(RETRACT_ENTITY, message(entry.id));
  }

  /// What names a message in a transaction or a pull.
  static List<Object> message(UUID id) {
    return List.of(ID, id);
  }
}
