package valence.ion;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Messages of a queue, as SQS tells a Lambda: what a function with a parameter of this type is
/// called with.
public record SqsEvent(List<Message> records) {
  public SqsEvent {
    records = List.copyOf(records);
  }

  /// One message.
  ///
  /// @param attributes        of the system's, such as `ApproximateReceiveCount`
  /// @param messageAttributes of its sender's
  public record Message(
      String messageId,
      String receiptHandle,
      String body,
      Map<String, String> attributes,
      Map<String, Attribute> messageAttributes,
      String eventSourceARN) {
    public Message {
      attributes = Map.copyOf(attributes);
      messageAttributes = Map.copyOf(messageAttributes);
    }

    /// How often it was delivered, this time included.
    public int receiveCount() {
      return Integer.parseInt(attributes.getOrDefault("ApproximateReceiveCount", "1"));
    }

    /// Whose order it keeps, in a queue that keeps one.
    public Optional<String> group() {
      @Nullable String group = attributes.get("MessageGroupId");
      return Optional.ofNullable(group);
    }
  }

  /// What a sender said beside the body.
  ///
  /// @param dataType    `String`, `Number` or `Binary`, perhaps with more after a point
  /// @param binaryValue in Base64
  public record Attribute(
      String dataType, Optional<String> stringValue, Optional<String> binaryValue) {}

  /// The answer by which the messages with these ids are delivered again, and the others not.
  public static Map<String, Object> failed(List<String> messageIds) {
    return Map.of(
        "batchItemFailures",
        messageIds.stream().map(id -> Map.of("itemIdentifier", id)).toList());
  }
}
