package valence.node.source.queue;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;
import valence.wire.Fields;

/// How a queue hands out its messages.
///
/// @param visibilitySecs for which a message that was handed out isn't handed out again
/// @param delaySecs      before a message can be received, unless its sender says
/// @param retentionSecs  for which messages are kept
/// @param waitSecs       for which who receives waits for messages, unless he says
/// @param bodyBytesMax   of one message
/// @param deadLetters    the queue that gets what was handed out too often; empty for none
/// @param receivedMax    how often that is; 0 without such a queue
/// @param deduplication  which messages are the same, in a queue that keeps an order
public record QueueSettings(
    int visibilitySecs,
    int delaySecs,
    int retentionSecs,
    int waitSecs,
    int bodyBytesMax,
    String deadLetters,
    int receivedMax,
    Deduplication deduplication) {
  /// Which messages are the same, so that of those sent within five minutes one counts.
  public enum Deduplication {
    /// None: the queue keeps no order either.
    NONE,
    /// Those with the id that the sender gives.
    BY_ID,
    /// Those with one body, unless the sender gives an id.
    BY_CONTENT;

    private Keyword keyword() {
      return kw(name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
  }

  public static final int VISIBILITY_SECS_MAX = 43_200;
  public static final int DELAY_SECS_MAX = 900;
  public static final int RETENTION_SECS_MIN = 60;
  public static final int RETENTION_SECS_MAX = 1_209_600;
  public static final int WAIT_SECS_MAX = 20;
  public static final int BODY_BYTES_MIN = 1_024;
  public static final int BODY_BYTES_MAX = 1 << 20;
  public static final int RECEIVED_MAX = 1_000;

  /// What the name of a queue that keeps an order ends with.
  public static final String FIFO = ".fifo";

  /// As AWS has it.
  public static final QueueSettings DEFAULT =
      new QueueSettings(30, 0, 345_600, 0, 256 << 10, "", 0, Deduplication.NONE);

  /// Of the events of a source: kept until they are delivered or dead.
  public static final QueueSettings OF_SOURCE =
      new QueueSettings(30, 0, Integer.MAX_VALUE, 0, 16 << 20, "", 0, Deduplication.NONE);

  /// Of a queue that is made because something names it.
  public static QueueSettings of(String queue) {
    return queue.endsWith(FIFO) ? DEFAULT.with(Deduplication.BY_ID) : DEFAULT;
  }

  private QueueSettings with(Deduplication how) {
    return new QueueSettings(
        visibilitySecs,
        delaySecs,
        retentionSecs,
        waitSecs,
        bodyBytesMax,
        deadLetters,
        receivedMax,
        how);
  }

  /// Whether the messages of a group are handed out in the order in which they were sent.
  public boolean keepsOrder() {
    return deduplication != Deduplication.NONE;
  }

  Duration retention() {
    return Duration.ofSeconds(retentionSecs);
  }

  static QueueSettings parse(@Nullable Object text) {
    Fields fields = Fields.of("The settings of a queue", Edn.read(String.valueOf(text)));
    return new QueueSettings(
        number(fields, "visibility"),
        number(fields, "delay"),
        number(fields, "retention"),
        number(fields, "wait"),
        number(fields, "body-bytes-max"),
        fields.text("dead-letters", ""),
        number(fields, "received-max"),
        deduplication(fields));
  }

  private static Deduplication deduplication(Fields fields) {
    for (Deduplication each : Deduplication.values()) {
      if (each.keyword().equals(fields.value("deduplication"))) {
        return each;
      }
    }
    return Deduplication.NONE;
  }

  private static int number(Fields fields, String key) {
    return (int) fields.number(key, 0, Integer.MAX_VALUE);
  }

  String text() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("visibility"), (long) visibilitySecs);
    map.put(kw("delay"), (long) delaySecs);
    map.put(kw("retention"), (long) retentionSecs);
    map.put(kw("wait"), (long) waitSecs);
    map.put(kw("body-bytes-max"), (long) bodyBytesMax);
    map.put(kw("dead-letters"), deadLetters);
    map.put(kw("received-max"), (long) receivedMax);
    map.put(kw("deduplication"), deduplication.keyword());
    return Edn.print(map);
  }
}
