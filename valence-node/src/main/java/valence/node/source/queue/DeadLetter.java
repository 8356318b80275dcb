package valence.node.source.queue;

import java.time.Instant;
import java.util.UUID;

/// A message that is kept and not handed out any more.
///
/// @param why for people
public record DeadLetter(UUID id, String body, Instant sent, int received, String why) {}
