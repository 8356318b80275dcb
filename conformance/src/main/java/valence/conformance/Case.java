package valence.conformance;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One call with its recorded answer, or a sequence of such steps.
///
/// @param op    the operation's name without the colon; [#SEQUENCE] for steps
/// @param keys  the whole case as written, tags unresolved
/// @param steps empty but for a sequence
record Case(String id, String op, Map<?, ?> keys, List<Case> steps) {
  static final String SEQUENCE = "seq";
  private static final Keyword EXPECT = kw("expect");
  private static final Keyword EXPECT_ALT = kw("expect-alt");

  Case {
    steps = List.copyOf(steps);
  }

  boolean has(String key) {
    return keys.containsKey(kw(key));
  }

  /// What is written under the key; null too when nothing is.
  @Nullable Object at(String key) {
    return keys.get(kw(key));
  }

  /// The reference itself fails here for a reason of its own.
  boolean quirk() {
    return Boolean.TRUE.equals(at("quirk"));
  }

  /// Whether this edition fails and the other one doesn't, with an answer that isn't recorded.
  boolean otherEditionAnswers() {
    return Boolean.TRUE.equals(at("edition-differs"))
        && !keys.containsKey(EXPECT_ALT)
        && keys.get(EXPECT) instanceof Map<?, ?> expect
        && expect.containsKey(kw("error"));
  }

  /// The result is one value instead of a collection of rows.
  boolean oneValue() {
    return Boolean.TRUE.equals(at("value?"));
  }

  /// Whether the cases after this one see what it did.
  boolean changesDatabase() {
    return op.equals("transact") || op.equals(SEQUENCE);
  }

  /// The answers of which any is right: that of the one edition, and of the other where it differs.
  List<Map<?, ?>> expectations() {
    Object first = keys.get(EXPECT);
    Object second = keys.get(EXPECT_ALT);
    if (!(first instanceof Map<?, ?> expect)) {
      return List.of();
    }
    return second instanceof Map<?, ?> other ? List.of(expect, other) : List.of(expect);
  }
}
