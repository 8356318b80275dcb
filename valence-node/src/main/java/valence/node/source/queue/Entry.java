package valence.node.source.queue;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a queue knows in memory of one of its messages. Guarded by the queue's lock.
final class Entry {
  /// Where a message is.
  enum State {
    /// Can be handed out.
    READY,
    /// Not to be handed out before [#wakeNanos].
    DELAYED,
    /// Handed out, and back at [#wakeNanos] unless it is deleted.
    IN_FLIGHT,
    /// Being deleted, moved or put aside: nobody else does anything with it.
    LEAVING,
    /// Never handed out.
    DEAD,
    /// Deleted, or in another queue.
    GONE
  }

  final UUID id;
  final long sentMillis;
  final long sequence;
  final Draft.Place place;
  State state = State.READY;
  long wakeNanos;

  /// Which wait this is: what was noted of one before is out of date.
  int wake;

  /// Whether it is back after a restart only when its time is over.
  boolean outlasts;

  int received;
  long firstReceivedMillis;
  String dead = "";

  /// Kept as long as there is room for it; else it is read.
  @Nullable String body;

  @Nullable String attributes;

  Entry(UUID id, long sentMillis, long sequence, Draft.Place place) {
    this.id = id;
    this.sentMillis = sentMillis;
    this.sequence = sequence;
    this.place = place;
  }
}
