package valence.node.source.queue;

import java.time.Duration;
import java.util.UUID;

/// A message to be sent.
///
/// @param attributes what is said beside the body, as JSON text; empty for nothing
/// @param delay      before it can be received
/// @param place      where it stands in a queue that keeps an order
public record Draft(UUID id, String body, String attributes, Duration delay, Place place) {
  /// Of a message in a queue that keeps an order.
  ///
  /// @param group         whose messages are handed out one after the other
  /// @param deduplication of several messages with one such id, sent within five minutes, the first
  ///     counts
  public record Place(String group, String deduplication) {
    /// Of a message that keeps no order.
    public static final Place NONE = new Place("", "");
  }

  public Draft(String body) {
    this(body, "", Duration.ZERO);
  }

  public Draft(String body, String attributes, Duration delay) {
    this(UUID.randomUUID(), body, attributes, delay, Place.NONE);
  }
}
