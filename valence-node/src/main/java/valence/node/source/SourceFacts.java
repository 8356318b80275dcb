package valence.node.source;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.node.source.queue.QueueFacts;

/// What is kept of one source: how far it is, whether somebody bade it wait, and what it has seen.
final class SourceFacts {
  private static final Keyword NAME = kw("source/name");
  private static final Keyword PAUSED = kw("source/paused");
  private static final Keyword POSITION = kw("source/position");
  private static final Keyword FAILED = kw("source/failed");
  private static final Keyword KEY = kw("seen/key");
  private static final Keyword STATE = kw("seen/state");
  private static final Keyword CAS = kw("db/cas");
  private static final char END = '\n';

  private final QueueFacts facts;
  private final String source;

  private SourceFacts(QueueFacts facts, String source) {
    this.facts = facts;
    this.source = source;
  }

  static SourceFacts of(QueueFacts facts, String source) {
    facts.say(List.of(Map.of(NAME, source)));
    return new SourceFacts(facts, source);
  }

  private List<Object> entity() {
    return List.of(NAME, source);
  }

  boolean isPaused() {
    return facts.value(entity(), PAUSED).map(Boolean.TRUE::equals).orElse(false);
  }

  void setPaused(boolean paused) {
    facts.say(List.of(Map.of(NAME, source, PAUSED, paused)));
  }

  /// Why it stopped by itself; empty when it didn't.
  String failed() {
    return facts.value(entity(), FAILED).map(Object::toString).orElse("");
  }

  void setFailed(String why) {
    facts.say(List.of(Map.of(NAME, source, FAILED, why)));
  }

  OptionalLong position() {
    return facts
        .value(entity(), POSITION)
        .map(value -> OptionalLong.of((Long) value))
        .orElse(OptionalLong.empty());
  }

  /// The fact that it is at another position, which can be said only if it was at the one given.
  List<@Nullable Object> moved(OptionalLong from, long to) {
    return Arrays.asList(
        CAS, entity(), POSITION, from.isPresent() ? (Long) from.getAsLong() : null, to);
  }

  void move(OptionalLong from, long to) {
    facts.say(List.of(moved(from, to)));
  }

  /// What was seen, by its key.
  Map<String, String> seen() {
    return facts.read(this::seen);
  }

  private Map<String, String> seen(Db db) {
    String prefix = source + END;
    Map<Long, String> states = new HashMap<>();
    Map<String, String> seen = new HashMap<>();
    try (Stream<Datom> found = db.datoms(Index.AEVT, STATE)) {
      found.forEach(datom -> states.put(datom.e(), (String) datom.v()));
    }
    try (Stream<Datom> found = db.indexRange(KEY, prefix, source + (char) (END + 1))) {
      found.forEach(datom -> seen.put(
          ((String) datom.v()).substring(prefix.length()), states.getOrDefault(datom.e(), "")));
    }
    return seen;
  }

  /// The fact that something was seen in a state.
  Map<Keyword, Object> sight(String key, String state) {
    return Map.of(KEY, source + END + key, STATE, state);
  }

  /// The facts that something is gone.
  List<Object> oblivion(String key) {
    return List.of(kw("db/retractEntity"), List.of(KEY, source + END + key));
  }

  void say(List<?> said) {
    if (!said.isEmpty()) {
      facts.say(new ArrayList<>(said));
    }
  }
}
