package valence.conformance;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;

/// Says whether an outcome is what the case expects.
final class Judge {
  /// Keys of an expectation that say how to compare, and are no parts.
  private static final Set<String> MANNERS =
      Set.of("ordered?", "row-as-set?", "vectors-as-bags?", "approx");

  private static final int SHORT_COUNT = 3; // elements up to which the whole is plain enough

  private final Session session;

  private Judge(Session session) {
    this.session = session;
  }

  /// @param session with the names that the case bound
  static Verdict judge(Case one, Outcome outcome, Session session) {
    Judge judge = new Judge(session);
    if (one.quirk()) {
      return judge.quirk(one, outcome);
    }
    List<Map<?, ?>> expectations = one.expectations();
    if (expectations.isEmpty()) {
      return judge.failed(one, outcome, "the case expects nothing");
    }
    String why = "";
    for (Map<?, ?> expect : expectations) {
      String difference = judge.difference(expect, outcome);
      if (difference == null) {
        return new Verdict.Passed();
      }
      why = why.isEmpty() ? difference : why;
    }
    if (one.otherEditionAnswers() && outcome instanceof Outcome.Answer) {
      return new Verdict.Unrecorded();
    }
    return judge.failed(one, outcome, why);
  }

  /// The verdict on a case whose database couldn't be made.
  static Verdict setupFailed(Case one, Outcome outcome) {
    return new Verdict.Failed(expected(one), shown(outcome, null), "the suite's setup failed");
  }

  /// The verdict on a case that there is no use in running.
  static Verdict notRun(Case one, String why) {
    return new Verdict.Failed(expected(one), "not run", why);
  }

  /// The verdict on a case whose result failed while it was compared.
  static Verdict unreadable(Case one, RuntimeException failure) {
    return new Verdict.Failed(
        expected(one), "breakdown " + place(failure), "the result can't be read");
  }

  private Verdict quirk(Case one, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answer _ -> new Verdict.Passed();
      case Outcome.Refusal refusal ->
        refusal.internal()
            ? failed(one, outcome, "a quirk may fail, but not by an internal error")
            : new Verdict.Passed();
      case Outcome.Breakdown _ ->
        failed(one, outcome, "a quirk may fail, but not by an internal error");
    };
  }

  private Verdict failed(Case one, Outcome outcome, String why) {
    return new Verdict.Failed(expected(one), shown(outcome, session), why);
  }

  private static String expected(Case one) {
    return one.expectations().stream().map(Shown::text).collect(Collectors.joining("  or  "));
  }

  private static String shown(Outcome outcome, @Nullable Session session) {
    return switch (outcome) {
      case Outcome.Answer(var parts) -> {
        Map<Keyword, @Nullable Object> keyed = new HashMap<>();
        parts.forEach((name, value) -> keyed.put(kw(name), value));
        yield Shown.text(keyed, session);
      }
      case Outcome.Refusal(var refusal) -> {
        Anomaly anomaly = refusal.anomaly();
        yield "anomaly " + anomaly + cause(refusal.getCause());
      }
      case Outcome.Breakdown(var cause) -> "breakdown " + place(cause) + cause(cause.getCause());
    };
  }

  private static String cause(@Nullable Throwable cause) {
    return cause == null ? "" : " — caused by " + place(cause);
  }

  private static String place(Throwable thrown) {
    StackTraceElement[] trace = thrown.getStackTrace();
    return thrown + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  /// Null when the outcome is as expected, else what differs.
  private @Nullable String difference(Map<?, ?> expect, Outcome outcome) {
    if (expect.containsKey(kw("error"))) {
      return errorDifference(expect.get(kw("error")), outcome);
    }
    if (!(outcome instanceof Outcome.Answer(var parts))) {
      return "a result was expected";
    }
    for (Map.Entry<?, ?> entry : expect.entrySet()) {
      String name = entry.getKey() instanceof Keyword keyword ? keyword.getName() : "";
      if (MANNERS.contains(name)) {
        continue;
      }
      if (!parts.containsKey(name)) {
        return "the result has no part " + Shown.text(entry.getKey());
      }
      String difference = name.equals("tempids")
          ? tempidsDifference(entry.getValue(), parts.get(name))
          : partDifference(name, entry.getValue(), expect, parts.get(name));
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private @Nullable String errorDifference(@Nullable Object error, Outcome outcome) {
    if (!(outcome instanceof Outcome.Refusal(var refusal))) {
      return "an anomaly was expected";
    }
    if (!(error instanceof Map<?, ?> expected)) {
      return "the expected :error is no map";
    }
    Object category = expected.get(kw("category"));
    if (category != null && !category.equals(refusal.anomaly().category().keyword())) {
      return "the category differs";
    }
    Object name = expected.get(kw("db/error"));
    if (name != null && !name.equals(refusal.anomaly().error().orElse(null))) {
      return ":db/error differs";
    }
    return null;
  }

  private @Nullable String partDifference(
      String name, @Nullable Object form, Map<?, ?> expect, @Nullable Object actual) {
    Object expected;
    try {
      expected = Manner.of(expect).apply(Resolver.resolve(form, session));
    } catch (Unresolved unresolved) {
      return "the expectation can't be resolved: " + unresolved.getMessage();
    }
    if (Matcher.matches(expected, actual)) {
      return null;
    }
    return ":" + name + " differs" + elementsDifference(expected, actual);
  }

  private String elementsDifference(@Nullable Object expected, @Nullable Object actual) {
    List<? extends @Nullable Object> elements = Matcher.elements(actual);
    if (!(expected instanceof Expected.Bag(var items))) {
      return "";
    }
    if (elements == null) {
      return ": it is no collection";
    }
    if (items.size() <= SHORT_COUNT && elements.size() <= SHORT_COUNT) {
      return "";
    }
    List<List<@Nullable Object>> leftovers = Bags.leftovers(items, elements);
    return ": " + items.size() + " elements expected, " + elements.size() + " came; missing "
        + Shown.text(leftovers.getFirst(), session)
        + ", unexpected "
        + Shown.text(leftovers.getLast(), session);
  }

  /// Compares the listed tempids alone. The same name twice means one entity, so two names are two.
  private @Nullable String tempidsDifference(@Nullable Object form, @Nullable Object actual) {
    if (!(form instanceof Map<?, ?> expected) || !(actual instanceof Map<?, ?> tempids)) {
      return ":tempids is no map";
    }
    Set<Object> tags = new HashSet<>();
    Set<Object> ids = new HashSet<>();
    for (Map.Entry<?, ?> entry : expected.entrySet()) {
      Object id;
      try {
        id = Resolver.resolve(entry.getValue(), session);
      } catch (Unresolved unresolved) {
        return ":tempids can't be resolved: " + unresolved.getMessage();
      }
      Object came = tempids.get(String.valueOf(entry.getKey()));
      if (id == null || !id.equals(came)) {
        return ":tempids differs at " + Shown.text(entry.getKey());
      }
      tags.add(Given.any(entry.getValue()));
      ids.add(id);
    }
    return tags.size() == ids.size() ? null : ":tempids has one id where names differ";
  }
}
