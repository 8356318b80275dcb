package valence.engine.pull;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.edn.Persistent;
import valence.engine.pull.PullPattern.Id;
import valence.engine.pull.PullPattern.Selection;
import valence.engine.pull.PullPattern.Spec;
import valence.engine.pull.PullPattern.Target;
import valence.engine.pull.PullPattern.Wildcard;
import valence.engine.schema.Attribute;
import valence.engine.schema.Schema;

/// Reads the data of a pattern, one level at a time. For one thread, one level.
final class PatternParser {
  /// Patterns within patterns.
  private static final int NESTING_MAX = 200;

  /// Values shown of an attribute for which no limit is written.
  static final long LIMIT_DEFAULT = 1000;
  private static final Keyword ID = Keyword.intern("db", "id");
  private static final Keyword PATH = Keyword.intern("pattern-path");
  private static final Set<Keyword> OPTIONS = Set.of(
      Keyword.intern("as"),
      Keyword.intern("limit"),
      Keyword.intern("default"),
      Keyword.intern("xform"));
  private static final Keyword STAR = Keyword.intern("*");

  private final Schema schema;
  private final int depth;
  private final Unknown unknown; // shared by all levels
  private final List<Spec> specs = new ArrayList<>();
  private final Set<Keyword> named = new HashSet<>();
  private Wildcard wildcard = Wildcard.NONE;
  private boolean hasId;
  private int recursions;

  private PatternParser(Schema schema, int depth, Unknown unknown) {
    this.schema = schema;
    this.depth = depth;
    this.unknown = unknown;
  }

  /// The pattern of EDN data or text.
  static PullPattern parse(@Nullable Object edn, Schema schema) {
    return parse(edn, schema, new Unknown());
  }

  /// @param unknown gets what is ignored
  static PullPattern parse(@Nullable Object edn, Schema schema, Unknown unknown) {
    Object pattern = edn instanceof String text ? Edn.read(text) : edn;
    if (!(pattern instanceof Collection<?> forms)) {
      throw Anomaly.incorrect(
              "db.error/invalid-pull",
              pattern == null
                  ? "There is no pull pattern."
                  : "A pull pattern was given as " + print(pattern) + ".",
              "Expected a vector such as [:db/id :db/doc], or the text of one.",
              "Put what is to be pulled into a vector.")
          .toException();
    }
    return parse(forms, schema, 0, unknown);
  }

  private static PullPattern parse(Collection<?> forms, Schema schema, int depth, Unknown unknown) {
    if (depth > NESTING_MAX) {
      throw Anomaly.incorrect(
              "db.error/invalid-pull",
              "A pull pattern nests more than " + NESTING_MAX + " patterns.",
              "Expected fewer.",
              "Use recursion, such as {:part/of ...}.")
          .toException();
    }
    PatternParser parser = new PatternParser(schema, depth, unknown);
    int index = 0;
    for (Object form : Persistent.items(forms)) {
      try {
        parser.spec(form);
      } catch (AnomalyException mistake) {
        throw placed(mistake, index);
      }
      index++;
    }
    return new PullPattern(
        parser.wildcard,
        parser.hasId || parser.wildcard != Wildcard.NONE,
        parser.specs,
        parser.recursions,
        Singles.of(parser.specs, parser.wildcard));
  }

  private void spec(@Nullable Object form) {
    switch (form) {
      case Keyword keyword when keyword == STAR -> wildcard = Wildcard.KEYWORDS;
      case Symbol symbol
      when symbol.getNamespace() == null && symbol.getName().equals("*") ->
        wildcard = Wildcard.KEYWORDS;
      case String text
      when text.equals("*") -> {
        if (wildcard == Wildcard.NONE) {
          wildcard = Wildcard.STRINGS;
        }
      }
      case Map<?, ?> map ->
        map.forEach((attribute, target) -> select(options(attribute), target(target)));
      case null, default -> select(options(form), new Target.Whole());
    }
  }

  /// An attribute as written, with its options.
  private record Options(
      Keyword written,
      @Nullable Object as,
      long limit,
      @Nullable Object fallback,
      @Nullable Symbol xform) {
    static Options of(Keyword written) {
      return new Options(written, null, LIMIT_DEFAULT, null, null);
    }

    Options with(Object option, @Nullable Object value, Object form) {
      return switch (option instanceof Keyword keyword ? keyword.toString() : "") {
        case ":as" -> new Options(written, value, limit, fallback, xform);
        case ":limit" -> new Options(written, as, limit(value, form), fallback, xform);
        case ":default" -> new Options(written, as, limit, value, xform);
        case ":xform" -> {
          if (!(value instanceof Symbol symbol)) {
            throw invalid(form, "After :xform a symbol is expected, the name of a function.");
          }
          yield new Options(written, as, limit, fallback, symbol);
        }
        default -> this; // as the reference does with options that it doesn't know
      };
    }

    private static long limit(@Nullable Object value, Object form) {
      return switch (value) {
        case null -> Long.MAX_VALUE;
        case Long number -> number;
        case Integer number -> number;
        default ->
          throw invalid(form, "After :limit a whole number is expected, or nil for all values.");
      };
    }
  }

  private Options options(@Nullable Object form) {
    return form instanceof List<?> list
        ? options(Arrays.asList(Persistent.items(list)))
        : Options.of(attribute(form, form));
  }

  private Options options(List<?> form) {
    Object head = form.isEmpty() ? null : form.get(0);
    String word = head instanceof Symbol || head instanceof String ? head.toString() : "";
    if (form.size() == 3 && word.equals("limit")) {
      return Options.of(attribute(form.get(1), form))
          .with(Keyword.intern("limit"), form.get(2), form);
    }
    if (form.size() == 3 && word.equals("default")) {
      return Options.of(attribute(form.get(1), form))
          .with(Keyword.intern("default"), form.get(2), form);
    }
    if (form.size() < 3 || form.size() % 2 == 0) {
      throw invalid(form, "Expected [attribute option value …], each option with its value.");
    }
    Options options = Options.of(attribute(head, form));
    for (int i = 1; i < form.size(); i += 2) {
      Object option = form.get(i);
      if (option == null) {
        throw invalid(form, "An option is nil.");
      }
      if (!(option instanceof Keyword keyword) || !OPTIONS.contains(keyword)) {
        unknown.options().add(option);
      }
      options = options.with(option, form.get(i + 1), form);
    }
    return options;
  }

  private static Keyword attribute(@Nullable Object name, @Nullable Object form) {
    if (name instanceof Keyword keyword && keyword != STAR) {
      return keyword;
    }
    if (name instanceof String text && (text.startsWith(":") || text.equals("*"))) {
      throw Anomaly.incorrect(
              "db.error/not-a-keyword",
              "A pull pattern names an attribute by the string " + print(text) + ".",
              "Expected a keyword.",
              "Leave the quotes away.")
          .toException();
    }
    throw invalid(form, "An attribute is named by a keyword.");
  }

  private Target target(@Nullable Object form) {
    return switch (form) {
      case Map<?, ?> map -> throw invalidRecursion(map);
      case Collection<?> pattern -> new Target.Nested(parse(pattern, schema, depth + 1, unknown));
      case Symbol symbol
      when symbol.toString().equals("...") ->
        new Target.Recursion(recursions++, Target.Recursion.UNBOUNDED);
      case String text
      when text.equals("...") -> new Target.Recursion(recursions++, Target.Recursion.UNBOUNDED);
      case Long number when number > 0 -> new Target.Recursion(recursions++, number);
      case Integer number when number > 0 -> new Target.Recursion(recursions++, number);
      case null, default -> throw invalidRecursion(form);
    };
  }

  private void select(Options options, Target target) {
    Keyword written = options.written();
    if (!named.add(written)) {
      throw Anomaly.incorrect(
              "pull/duplicate-attribute",
              "Multiple specifications for " + written + ".",
              "Expected each attribute once in a pattern.",
              "Put its options and its nested pattern into one place.")
          .toException();
    }
    Object key = options.as() == null ? written : options.as();
    if (written == ID) {
      hasId = true;
      specs.add(new Id(key, options.xform()));
      return;
    }
    String name = written.getName();
    boolean reverse = name.startsWith("_");
    Attribute attribute = schema.attribute(
        reverse ? Keyword.intern(written.getNamespace(), name.substring(1)) : written);
    if (attribute != null && (!reverse || attribute.isRef())) {
      specs.add(new Selection(
          attribute, reverse, key, options.limit(), options.fallback(), options.xform(), target));
    } else {
      unknown.attributes().add(written);
    }
  }

  /// The anomaly with where in the pattern it arose: the indexes of forms, from the outermost on.
  private static AnomalyException placed(AnomalyException mistake, int index) {
    Anomaly anomaly = mistake.anomaly();
    List<Object> path = new ArrayList<>(List.of((long) index));
    if (anomaly.data().get(PATH) instanceof List<?> inner) {
      path.addAll(inner);
    }
    return anomaly.with(PATH, List.copyOf(path)).toException(mistake);
  }

  private static AnomalyException invalid(@Nullable Object form, String expected) {
    return Anomaly.incorrect(
            "db.error/invalid-attr-spec",
            "A pull pattern contains " + print(form) + ".",
            expected,
            "Write an attribute such as :db/doc, [:db/doc :default \"\"] or {:part/of [:db/doc]}.")
        .toException();
  }

  private static AnomalyException invalidRecursion(@Nullable Object form) {
    return Anomaly.incorrect(
            "db.error/invalid-recur-limit",
            "Cannot interpret as a recursive pull specification: " + print(form) + ".",
            "Expected a pattern, a positive number of levels, or ... for all levels.",
            "Change what stands behind the attribute in the map.")
        .toException();
  }

  private static String print(@Nullable Object form) {
    return Edn.print(form);
  }
}
