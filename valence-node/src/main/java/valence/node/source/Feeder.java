package valence.node.source;

import java.time.Duration;

/// Turns what happens elsewhere into events of a queue.
interface Feeder {
  /// Looks for what happened since the last time, and makes it durable; then when to look again.
  ///
  /// Called by one thread. What it throws is told, and it is called again after a pause.
  Duration feed() throws Exception;

  /// How far it is, for people.
  String position();

  /// How many times it came too late for something, since the node started.
  default long missed() {
    return 0;
  }
}
