package valence.ion;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Notifications of a topic, as SNS tells a Lambda: what a function with a parameter of this type
/// is called with.
public record SnsEvent(List<Entry> records) {
  public SnsEvent {
    records = List.copyOf(records);
  }

  public record Entry(String eventSource, String eventSubscriptionArn, Notification sns) {}

  public record Notification(
      String messageId,
      String topicArn,
      Optional<String> subject,
      String message,
      Instant timestamp) {}
}
