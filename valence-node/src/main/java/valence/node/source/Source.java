package valence.node.source;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import valence.node.source.queue.DeadLetter;
import valence.node.telemetry.Samples;
import valence.wire.ion.SourceConfig;

/// One source that runs, until it is ended. Safe for many threads.
sealed interface Source permits EventSource, TriggerSource {
  SourceConfig config();

  /// How it stands, as `sources` answers it.
  Map<Keyword, Object> status();

  /// Says what it counted since the node started, and what waits.
  void tell(Samples samples, String name);

  /// Lets it wait, durably; calls under way go on.
  void pause();

  /// Lets it go on, also when it stopped by itself.
  void resume();

  /// What couldn't be delivered, oldest first.
  List<DeadLetter> dead(int countMax);

  /// Delivers its dead letters again; how many.
  int replay();

  /// Begins its end: it takes nothing more up.
  void end();

  /// Waits until what it was doing is done, for a time at most; what isn't done then is done again
  /// by whoever runs it next.
  void awaitEnd(Duration wait) throws InterruptedException;
}
