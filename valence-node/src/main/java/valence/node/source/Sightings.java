package valence.node.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import valence.node.source.queue.Draft;
import valence.node.source.queue.Queue;
import valence.wire.ion.Origin.Change;

/// What of a place with many things was seen, durably, and the events of what changed since. For
/// one thread.
final class Sightings {
  private static final int EVENTS_AT_ONCE_MAX = 100;

  /// What changed about a thing.
  ///
  /// @param state how it is now, empty when it is gone
  record Changed(String key, String state, Change change) {}

  private final SourceFacts facts;
  private final Queue queue;
  private final Set<Change> wanted;
  private final Map<String, String> seen;

  Sightings(SourceFacts facts, Queue queue, Set<Change> wanted) {
    this.facts = facts;
    this.queue = queue;
    this.wanted = wanted;
    this.seen = new HashMap<>(facts.seen());
  }

  int count() {
    return seen.size();
  }

  /// What is new or otherwise than it was, of some things.
  List<Changed> changed(Map<String, String> states) {
    List<Changed> changed = new ArrayList<>();
    states.forEach((key, state) -> {
      String before = seen.get(key);
      if (before == null) {
        changed.add(new Changed(key, state, Change.CREATED));
      } else if (!before.equals(state)) {
        changed.add(new Changed(key, state, Change.MODIFIED));
      }
    });
    return changed;
  }

  /// What was seen and isn't among all things that there are.
  List<Changed> removed(Set<String> keys) {
    return seen.keySet().stream()
        .filter(key -> !keys.contains(key))
        .map(key -> new Changed(key, "", Change.REMOVED))
        .toList();
  }

  /// Makes durable what changed, with the events of those changes that are wanted.
  void tell(List<Changed> changes, Function<Changed, S3Event> event) {
    for (int from = 0; from < changes.size(); from += EVENTS_AT_ONCE_MAX) {
      List<Changed> some =
          changes.subList(from, Math.min(changes.size(), from + EVENTS_AT_ONCE_MAX));
      List<Draft> drafts = new ArrayList<>();
      List<Object> said = new ArrayList<>();
      for (Changed each : some) {
        if (wanted.contains(each.change())) {
          drafts.add(event.apply(each).draft());
        }
        said.add(
            each.change() == Change.REMOVED
                ? facts.oblivion(each.key())
                : facts.sight(each.key(), each.state()));
      }
      queue.send(drafts, said);
      for (Changed each : some) {
        if (each.change() == Change.REMOVED) {
          seen.remove(each.key());
        } else {
          seen.put(each.key(), each.state());
        }
      }
    }
  }
}
