package valence.node.source.queue;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.LinkedHashMap;
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
public record QueueSettings(
    int visibilitySecs,
    int delaySecs,
    int retentionSecs,
    int waitSecs,
    int bodyBytesMax,
    String deadLetters,
    int receivedMax) {
  public static final int VISIBILITY_SECS_MAX = 43_200;
  public static final int DELAY_SECS_MAX = 900;
  public static final int RETENTION_SECS_MIN = 60;
  public static final int RETENTION_SECS_MAX = 1_209_600;
  public static final int WAIT_SECS_MAX = 20;
  public static final int BODY_BYTES_MIN = 1_024;
  public static final int BODY_BYTES_MAX = 1 << 20;
  public static final int RECEIVED_MAX = 1_000;

  /// As AWS has it.
  public static final QueueSettings DEFAULT =
      new QueueSettings(30, 0, 345_600, 0, 256 << 10, "", 0);

  /// Of the events of a source: kept until they are delivered or dead.
  public static final QueueSettings OF_SOURCE =
      new QueueSettings(30, 0, Integer.MAX_VALUE, 0, 16 << 20, "", 0);

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
        number(fields, "received-max"));
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
    return Edn.print(map);
  }
}
