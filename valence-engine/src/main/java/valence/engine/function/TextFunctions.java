package valence.engine.function;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;
import valence.edn.Persistent;

/// Strings, names and regular expressions; `clojure.string`.
final class TextFunctions {
  /// Characters of a string that an expression may build.
  private static final int TEXT_LENGTH_MAX = 16 << 20;

  private static final Pattern WIDE = Pattern.compile("%[^a-zA-Z%]*[0-9]{4}");

  private TextFunctions() {}

  static void addTo(Registry to) {
    names(to);
    regularExpressions(to);
    strings(to);
    splitting(to);
    tests(to);
  }

  static String text(@Nullable Object value) {
    return switch (value) {
      case String text -> text;
      case null -> throw new NullPointerException("a string was expected, not nil");
      case CharSequence chars -> chars.toString();
      default -> throw new ClassCastException(value.getClass().getName() + " is no string");
    };
  }

  private static int index(@Nullable Object value) {
    return Math.toIntExact(Arithmetic.number(value).longValue());
  }

  /// `str` of one value: nil is empty, a collection is printed.
  static String str(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case String text -> text;
      case Keyword keyword -> keyword.toString();
      case Symbol symbol -> symbol.toString();
      case List<?> list -> Edn.print(list);
      case Map<?, ?> map -> Edn.print(map);
      case Set<?> set -> Edn.print(set);
      default -> value.toString();
    };
  }

  private static void names(Registry to) {
    to.add("str", 0, Registry.ANY, args -> {
      StringBuilder text = new StringBuilder();
      for (Object arg : args) {
        text.append(str(arg));
        checkLength(text.length());
      }
      return text.toString();
    });
    to.add("name", 1, args -> switch (args[0]) {
      case Keyword keyword -> keyword.getName();
      case Symbol symbol -> symbol.getName();
      case null, default -> text(args[0]);
    });
    to.add("namespace", 1, args -> switch (args[0]) {
      case Keyword keyword -> keyword.getNamespace();
      case Symbol symbol -> symbol.getNamespace();
      case null, default -> throw new ClassCastException(str(args[0]) + " has no namespace");
    });
    to.add("keyword", 1, 2, args -> {
      if (args.length == 2) {
        return Keyword.intern((String) args[0], text(args[1]));
      }
      return switch (args[0]) {
        case Keyword keyword -> keyword;
        case Symbol symbol -> Keyword.intern(symbol);
        case String text -> Keyword.intern(text);
        case null, default -> null;
      };
    });
    to.add("symbol", 1, 2, args -> {
      if (args.length == 2) {
        return Symbol.intern((String) args[0], text(args[1]));
      }
      return switch (args[0]) {
        case Symbol symbol -> symbol;
        case Keyword keyword -> Symbol.intern(keyword.getNamespace(), keyword.getName());
        case null, default -> Symbol.intern(text(args[0]));
      };
    });
    to.add("char", 1, args -> args[0] instanceof Character c ? c : (char) index(args[0]));
    to.add("pr-str", 0, Registry.ANY, args -> printed(args, Edn::print));
    to.add("prn-str", 0, Registry.ANY, args -> printed(args, Edn::print) + "\n");
    to.add("print-str", 0, Registry.ANY, args -> printed(args, TextFunctions::plain));
    to.add("println-str", 0, Registry.ANY, args -> printed(args, TextFunctions::plain) + "\n");
    to.add("clojure.edn/read-string", 1, args -> Edn.read(text(args[0])));
    to.add("format", 1, Registry.ANY, TextFunctions::format);
    to.add(
        "subs",
        2,
        3,
        args -> args.length == 2
            ? text(args[0]).substring(index(args[1]))
            : text(args[0]).substring(index(args[1]), index(args[2])));
    to.add("parse-boolean", 1, args -> switch (text(args[0])) {
      case "true" -> true;
      case "false" -> false;
      default -> null;
    });
    to.add("parse-uuid", 1, args -> parseUuid(text(args[0])));
    to.add("random-uuid", 0, args -> UUID.randomUUID());
    to.add("inst-ms", 1, args -> ((Date) Objects.requireNonNull(args[0])).getTime());
  }

  private static String printed(@Nullable Object[] args, Function<@Nullable Object, String> print) {
    StringJoiner joined = new StringJoiner(" ");
    for (Object arg : args) {
      joined.add(print.apply(arg));
      checkLength(joined.length());
    }
    return joined.toString();
  }

  private static String plain(@Nullable Object value) {
    return value == null ? "nil" : str(value);
  }

  private static String format(@Nullable Object... args) {
    String format = text(args[0]);
    if (WIDE.matcher(format).find()) {
      throw new IllegalArgumentException("A width of more than three digits in " + format);
    }
    return String.format(Locale.ROOT, format, Arrays.copyOfRange(args, 1, args.length));
  }

  private static @Nullable UUID parseUuid(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException notOne) {
      return null; // as this function promises
    }
  }

  private static void checkLength(int length) {
    if (length > TEXT_LENGTH_MAX) {
      throw new IllegalArgumentException("A string of " + length + " characters is too long");
    }
  }

  private static Pattern pattern(@Nullable Object value) {
    return value instanceof Pattern pattern ? pattern : Pattern.compile(text(value));
  }

  private static void regularExpressions(Registry to) {
    to.add("re-pattern", 1, args -> pattern(args[0]));
    to.add("re-find", 2, args -> {
      Matcher matcher = pattern(args[0]).matcher(CallLimit.text(text(args[1])));
      return matcher.find() ? groups(matcher) : null;
    });
    to.add("re-matches", 2, args -> {
      Matcher matcher = pattern(args[0]).matcher(CallLimit.text(text(args[1])));
      return matcher.matches() ? groups(matcher) : null;
    });
    to.add("re-seq", 2, args -> {
      List<Object> found = new ArrayList<>();
      Matcher matcher = pattern(args[0]).matcher(CallLimit.text(text(args[1])));
      while (matcher.find()) {
        found.add(groups(matcher));
      }
      return found.isEmpty() ? null : Sequences.list(found);
    });
  }

  /// The whole match, or a vector of it and its groups.
  private static Object groups(Matcher matcher) {
    if (matcher.groupCount() == 0) {
      return matcher.group();
    }
    List<@Nullable Object> groups = new ArrayList<>();
    for (int i = 0; i <= matcher.groupCount(); i++) {
      groups.add(matcher.group(i));
    }
    return Sequences.vector(groups);
  }

  private static void strings(Registry to) {
    change(to, "upper-case", text -> text.toUpperCase(Locale.ROOT));
    change(to, "lower-case", text -> text.toLowerCase(Locale.ROOT));
    change(
        to,
        "capitalize",
        text -> text.isEmpty()
            ? text
            : text.substring(0, 1).toUpperCase(Locale.ROOT)
                + text.substring(1).toLowerCase(Locale.ROOT));
    change(to, "trim", String::strip);
    change(to, "triml", String::stripLeading);
    change(to, "trimr", String::stripTrailing);
    change(to, "trim-newline", text -> text.replaceAll("[\r\n]+\\z", ""));
    change(to, "reverse", text -> new StringBuilder(text).reverse().toString());
    compare(to, "starts-with?", String::startsWith);
    compare(to, "ends-with?", String::endsWith);
    compare(to, "includes?", String::contains);
    to.test("clojure.string/blank?", value -> value == null || text(value).isBlank());
    to.add(
        "clojure.string/index-of",
        2,
        3,
        args -> found(text(args[0]).indexOf(str(args[1]), args.length == 3 ? index(args[2]) : 0)));
    to.add(
        "clojure.string/last-index-of",
        2,
        3,
        args -> found(text(args[0])
            .lastIndexOf(str(args[1]), args.length == 3 ? index(args[2]) : Integer.MAX_VALUE)));
    to.add("clojure.string/escape", 2, args -> {
      StringBuilder escaped = new StringBuilder();
      for (char each : text(args[0]).toCharArray()) {
        escaped.append(str(Sequences.lookup(args[1], each, each)));
        checkLength(escaped.length());
      }
      return escaped.toString();
    });
    to.add("clojure.string/replace", 3, args -> replace(args, false));
    to.add("clojure.string/replace-first", 3, args -> replace(args, true));
  }

  private static void change(Registry to, String name, UnaryOperator<String> change) {
    to.add(
        "clojure.string/" + name,
        1,
        args -> change.apply(str(Objects.requireNonNull(args[0], "nil is no string"))));
  }

  private static void compare(Registry to, String name, BiPredicate<String, String> holds) {
    to.add("clojure.string/" + name, 2, args -> holds.test(str(args[0]), text(args[1])));
  }

  private static @Nullable Long found(int index) {
    return index < 0 ? null : (long) index;
  }

  private static String replace(@Nullable Object[] args, boolean firstOnly) {
    String text = text(args[0]);
    boolean pattern = args[1] instanceof Pattern;
    Matcher matcher = (pattern ? pattern(args[1]) : Pattern.compile(Pattern.quote(str(args[1]))))
        .matcher(CallLimit.text(text));
    String with = pattern ? text(args[2]) : Matcher.quoteReplacement(str(args[2]));
    String result = firstOnly ? matcher.replaceFirst(with) : matcher.replaceAll(with);
    checkLength(result.length());
    return result;
  }

  private static void splitting(Registry to) {
    to.add("clojure.string/join", 1, 2, args -> {
      String separator = args.length == 2 ? str(args[0]) : "";
      String joined = Sequences.elements(args[args.length - 1]).stream()
          .map(TextFunctions::str)
          .collect(Collectors.joining(separator));
      checkLength(joined.length());
      return joined;
    });
    to.add(
        "clojure.string/split",
        2,
        3,
        args -> Persistent.vector((Object[]) pattern(args[1])
            .split(CallLimit.text(text(args[0])), args.length == 3 ? index(args[2]) : 0)));
    to.add(
        "clojure.string/split-lines",
        1,
        args -> Persistent.vector((Object[]) text(args[0]).split("\r?\n")));
  }

  private static void tests(Registry to) {
    to.test("string?", value -> value instanceof String);
    to.test("char?", value -> value instanceof Character);
    to.test("keyword?", value -> value instanceof Keyword);
    to.test("symbol?", value -> value instanceof Symbol);
    to.test("ident?", value -> value instanceof Keyword || value instanceof Symbol);
    to.test("qualified-keyword?", value -> value instanceof Keyword k && k.getNamespace() != null);
    to.test("simple-keyword?", value -> value instanceof Keyword k && k.getNamespace() == null);
    to.test("qualified-symbol?", value -> value instanceof Symbol s && s.getNamespace() != null);
    to.test("simple-symbol?", value -> value instanceof Symbol s && s.getNamespace() == null);
    to.test("uuid?", value -> value instanceof UUID);
    to.test("uri?", value -> value instanceof URI);
    to.test("inst?", value -> value instanceof Date);
    to.test("bytes?", value -> value instanceof byte[]);
  }
}
