package valence.node.source.queue;

import java.time.Duration;
import java.util.UUID;

/// A message to be sent.
///
/// @param attributes what is said beside the body, as JSON text; empty for nothing
/// @param delay      before it can be received
public record Draft(UUID id, String body, String attributes, Duration delay) {
  public Draft(String body) {
    this(UUID.randomUUID(), body, "", Duration.ZERO);
  }

  public Draft(String body, String attributes, Duration delay) {
    this(UUID.randomUUID(), body, attributes, delay);
  }
}
