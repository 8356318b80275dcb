package valence.node.operation;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import valence.node.source.Sources;
import valence.node.source.queue.DeadLetter;
import valence.wire.Fields;

/// The operations on sources of events.
final class SourceOperations {
  private static final int LETTERS_DEFAULT = 100;
  private static final int LETTERS_MAX = 1_000;

  private final Sources sources;

  SourceOperations(Sources sources) {
    this.sources = sources;
  }

  Map<String, Operation> byName() {
    return Map.of(
        "sources",
        (_, _) -> sources.status(),
        "pause-source",
        (request, _) -> {
          sources.pause(request.text("name"));
          return true;
        },
        "resume-source",
        (request, _) -> {
          sources.resume(request.text("name"));
          return true;
        },
        "dead-letters",
        (request, _) -> letters(request),
        "replay-dead-letters",
        (request, _) -> (long) sources.replay(request.text("name")));
  }

  private List<Map<Keyword, Object>> letters(Fields request) {
    int limit = (int) request.number("limit", 1, LETTERS_MAX, LETTERS_DEFAULT);
    return sources.dead(request.text("name"), limit).stream()
        .map(SourceOperations::letter)
        .toList();
  }

  private static Map<Keyword, Object> letter(DeadLetter dead) {
    Map<Keyword, Object> letter = new LinkedHashMap<>();
    letter.put(kw("id"), dead.id());
    letter.put(kw("sent"), Date.from(dead.sent()));
    letter.put(kw("attempts"), (long) dead.received());
    letter.put(kw("why"), dead.why());
    letter.put(kw("body"), dead.body());
    return letter;
  }
}
