package valence.node.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.AnomalyException;
import valence.node.lambda.Json;
import valence.node.source.queue.Message;
import valence.wire.json.PlainJson;

/// Messages of a queue as AWS hands them to a Lambda, and its answer of those that failed.
///
/// @param queue the name of the queue
record SqsEvent(String queue) implements Pump.Shape {
  @Override
  public String payload(List<Message> messages) {
    List<Object> records = new ArrayList<>();
    for (Message message : messages) {
      Map<String, Object> attributes = new LinkedHashMap<>();
      attributes.put("ApproximateReceiveCount", Integer.toString(message.received()));
      attributes.put("SentTimestamp", Long.toString(message.sentMillis()));
      attributes.put("SenderId", "valence");
      attributes.put(
          "ApproximateFirstReceiveTimestamp", Long.toString(message.firstReceivedMillis()));
      if (!message.place().group().isEmpty()) {
        attributes.put("MessageGroupId", message.place().group());
        attributes.put("MessageDeduplicationId", message.place().deduplication());
        attributes.put("SequenceNumber", String.format("%020d", message.sequence()));
      }
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("messageId", message.id().toString());
      record.put("receiptHandle", message.handle());
      record.put("body", message.body());
      record.put("attributes", attributes);
      record.put("messageAttributes", attributes(message.attributes()));
      record.put("md5OfBody", md5(message.body()));
      record.put("eventSource", "aws:sqs");
      record.put("eventSourceARN", "arn:aws:sqs:local:000000000000:" + queue);
      record.put("awsRegion", "local");
      records.add(record);
    }
    return Json.print(Map.of("Records", records));
  }

  /// With the names that a Lambda is told, which begin with a small letter.
  private static Map<String, Object> attributes(String stored) {
    Map<String, Object> told = new LinkedHashMap<>();
    if (!stored.isEmpty() && PlainJson.read(stored) instanceof Map<?, ?> named) {
      named.forEach((name, value) -> {
        Map<String, @Nullable Object> attribute = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> parts) {
          parts.forEach((part, held) -> attribute.put(
              Character.toLowerCase(String.valueOf(part).charAt(0))
                  + String.valueOf(part).substring(1),
              held));
        }
        attribute.put("stringListValues", List.of());
        attribute.put("binaryListValues", List.of());
        told.put(String.valueOf(name), attribute);
      });
    }
    return told;
  }

  @Override
  public Set<UUID> failures(List<Message> messages, Delivery.Outcome.Done done) {
    Object answer = done.answer() instanceof String text ? parsed(text) : done.answer();
    if (!(answer instanceof Map<?, ?> map)
        || !(value(map, "batchItemFailures") instanceof List<?> items)) {
      return Set.of();
    }
    Set<UUID> failures = new HashSet<>();
    for (Object item : items) {
      Object id = item instanceof Map<?, ?> each ? value(each, "itemIdentifier") : null;
      Message named = messages.stream()
          .filter(message -> message.id().toString().equals(id))
          .findFirst()
          .orElse(null);
      if (named == null) { // as AWS has it: who names none of them has done none of them
        messages.forEach(message -> failures.add(message.id()));
        return failures;
      }
      failures.add(named.id());
    }
    return failures;
  }

  private static @Nullable Object value(Map<?, ?> map, String key) {
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Object name = entry.getKey() instanceof clojure.lang.Keyword keyword
          ? keyword.getName()
          : entry.getKey();
      if (key.equals(name)) {
        return entry.getValue();
      }
    }
    return null;
  }

  private static @Nullable Object parsed(String text) {
    try {
      return text.contains("batchItemFailures") ? PlainJson.read(text) : null;
    } catch (AnomalyException e) { // an answer that is no JSON says nothing of failures
      return null;
    }
  }

  private static String md5(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("each JDK has MD5", e);
    }
  }
}
