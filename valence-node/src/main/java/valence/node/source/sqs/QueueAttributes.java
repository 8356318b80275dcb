package valence.node.source.sqs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import valence.api.AnomalyException;
import valence.node.lambda.Json;
import valence.node.source.queue.Queue;
import valence.node.source.queue.QueueSettings;
import valence.node.source.queue.QueueSettings.Deduplication;
import valence.wire.json.PlainJson;

/// The attributes of a queue, as SQS names them.
final class QueueAttributes {
  private static final String ARN = "arn:aws:sqs:";
  private static final String FIFO_QUEUE = "FifoQueue";
  private static final String BY_CONTENT = "ContentBasedDeduplication";

  /// What queues that keep an order have, whatever is asked for.
  private static final Map<String, String> OF_FIFO =
      Map.of("DeduplicationScope", "queue", "FifoThroughputLimit", "perQueue");

  /// Of policies and keys of AWS, which have no meaning here: taken in and left.
  private static final Set<String> WITHOUT_EFFECT = Set.of(
      "Policy",
      "KmsMasterKeyId",
      "KmsDataKeyReusePeriodSeconds",
      "SqsManagedSseEnabled",
      "RedriveAllowPolicy");

  private QueueAttributes() {}

  /// The settings of a queue that is made.
  static QueueSettings made(String name, Map<?, ?> attributes) throws Refused {
    boolean fifo = "true".equals(attributes.get(FIFO_QUEUE));
    if (fifo != name.endsWith(QueueSettings.FIFO)) {
      throw Refused.invalid(
          fifo
              ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or"
                  + " underscores, must end with .fifo suffix and be 1 to 80 in length."
              : "Only the name of a FIFO queue ends with .fifo: FifoQueue is to be true.");
    }
    return changed(QueueSettings.of(name), attributes);
  }

  /// Settings with some of them changed.
  static QueueSettings changed(QueueSettings before, Map<?, ?> attributes) throws Refused {
    QueueSettings settings = before;
    for (Map.Entry<?, ?> each : attributes.entrySet()) {
      settings = changed(settings, String.valueOf(each.getKey()), String.valueOf(each.getValue()));
    }
    return settings;
  }

  private static QueueSettings changed(QueueSettings of, String name, String value) throws Refused {
    int visibility = of.visibilitySecs();
    int delay = of.delaySecs();
    int retention = of.retentionSecs();
    int wait = of.waitSecs();
    int bytes = of.bodyBytesMax();
    String dead = of.deadLetters();
    int received = of.receivedMax();
    Deduplication deduplication = of.deduplication();
    switch (name) {
      case "VisibilityTimeout" ->
        visibility = number(name, value, 0, QueueSettings.VISIBILITY_SECS_MAX);
      case "DelaySeconds" -> delay = number(name, value, 0, QueueSettings.DELAY_SECS_MAX);
      case "MessageRetentionPeriod" ->
        retention =
            number(name, value, QueueSettings.RETENTION_SECS_MIN, QueueSettings.RETENTION_SECS_MAX);
      case "ReceiveMessageWaitTimeSeconds" ->
        wait = number(name, value, 0, QueueSettings.WAIT_SECS_MAX);
      case "MaximumMessageSize" ->
        bytes = number(name, value, QueueSettings.BODY_BYTES_MIN, QueueSettings.BODY_BYTES_MAX);
      case "RedrivePolicy" -> {
        if (value.isBlank()) {
          dead = "";
          received = 0;
        } else {
          Map<?, ?> policy = policy(value);
          dead = queueOf(String.valueOf(policy.get("deadLetterTargetArn")));
          received = number(
              "maxReceiveCount",
              String.valueOf(policy.get("maxReceiveCount")),
              1,
              QueueSettings.RECEIVED_MAX);
        }
      }
      case FIFO_QUEUE -> {
        if (flag(name, value) != of.keepsOrder()) {
          throw Refused.attributeValue("Whether a queue is FIFO can't be changed.");
        }
      }
      case BY_CONTENT -> {
        boolean byContent = flag(name, value);
        if (of.keepsOrder()) {
          deduplication = byContent ? Deduplication.BY_CONTENT : Deduplication.BY_ID;
        } else if (byContent) {
          throw Refused.attribute(name + " is of FIFO queues.");
        }
      }
      default -> {
        String only = OF_FIFO.get(name);
        if (only != null) {
          if (!of.keepsOrder()) {
            throw Refused.attribute(name + " is of FIFO queues.");
          }
          if (!only.equals(value)) {
            throw Refused.attributeValue(name + " can be " + only + " here, and nothing else.");
          }
          return of;
        }
        if (!WITHOUT_EFFECT.contains(name)) {
          throw Refused.attribute("Unknown Attribute " + name + ".");
        }
      }
    }
    return new QueueSettings(
        visibility, delay, retention, wait, bytes, dead, received, deduplication);
  }

  private static boolean flag(String name, String value) throws Refused {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw Refused.attributeValue(name + " is true or false.");
    };
  }

  private static int number(String name, String value, int min, int max) throws Refused {
    try {
      return Input.number(name, value, min, max);
    } catch (Refused e) {
      throw Refused.attributeValue(e.said());
    }
  }

  private static Map<?, ?> policy(String text) throws Refused {
    try {
      if (PlainJson.read(text) instanceof Map<?, ?> policy) {
        return policy;
      }
    } catch (AnomalyException e) {
      throw Refused.attributeValue("RedrivePolicy isn't JSON.");
    }
    throw Refused.attributeValue("RedrivePolicy isn't an object.");
  }

  private static String queueOf(String arn) throws Refused {
    String[] parts = arn.split(":", -1);
    if (!arn.startsWith(ARN) || parts.length != 6 || parts[5].isEmpty()) {
      throw Refused.attributeValue("deadLetterTargetArn is " + arn + ", not the ARN of a queue.");
    }
    return parts[5];
  }

  static String arn(String region, String queue) {
    return ARN + region + ":" + SqsRequests.ACCOUNT + ":" + queue;
  }

  /// What a queue has under the names asked for, `All` for all of them.
  static Map<String, Object> told(Queue queue, String region, List<String> names) throws Refused {
    QueueSettings settings = queue.settings();
    Queue.Counts counts = queue.counts();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("QueueArn", arn(region, queue.name()));
    all.put("ApproximateNumberOfMessages", Integer.toString(counts.ready()));
    all.put("ApproximateNumberOfMessagesNotVisible", Integer.toString(counts.inFlight()));
    all.put("ApproximateNumberOfMessagesDelayed", Integer.toString(counts.delayed()));
    String created = Long.toString(queue.created().getEpochSecond());
    all.put("CreatedTimestamp", created);
    all.put("LastModifiedTimestamp", created);
    all.put("VisibilityTimeout", Integer.toString(settings.visibilitySecs()));
    all.put("MaximumMessageSize", Integer.toString(settings.bodyBytesMax()));
    all.put("MessageRetentionPeriod", Integer.toString(settings.retentionSecs()));
    all.put("DelaySeconds", Integer.toString(settings.delaySecs()));
    all.put("ReceiveMessageWaitTimeSeconds", Integer.toString(settings.waitSecs()));
    all.put("SqsManagedSseEnabled", "false");
    if (settings.receivedMax() > 0) {
      Map<String, Object> policy = new LinkedHashMap<>();
      policy.put("deadLetterTargetArn", arn(region, settings.deadLetters()));
      policy.put("maxReceiveCount", settings.receivedMax());
      all.put("RedrivePolicy", Json.print(policy));
    }
    if (settings.keepsOrder()) {
      all.put(FIFO_QUEUE, "true");
      all.put(BY_CONTENT, Boolean.toString(settings.deduplication() == Deduplication.BY_CONTENT));
      all.putAll(OF_FIFO);
    }
    if (names.contains("All")) {
      return all;
    }
    Map<String, Object> asked = new LinkedHashMap<>();
    for (String name : names) {
      Object value = all.get(name);
      if (value != null) {
        asked.put(name, value);
      } else if (!name.equals("RedrivePolicy")
          && !WITHOUT_EFFECT.contains(name)
          && !name.equals(FIFO_QUEUE)
          && !name.equals(BY_CONTENT)
          && !OF_FIFO.containsKey(name)) {
        throw Refused.attribute("Unknown Attribute " + name + ".");
      }
    }
    return asked;
  }
}
