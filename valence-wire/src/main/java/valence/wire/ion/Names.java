package valence.wire.ion;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.wire.Fields;

/// The names that a configuration may use, checked where they are read.
final class Names {

  private static final Pattern APPLICATION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final Pattern LAMBDA = Pattern.compile("[A-Za-z0-9_-]{1,62}");
  private static final Pattern CLASS =
      Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$-]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$-]*)*");

  private Names() {}

  static String application(Fields fields, String key) {
    String name = fields.text(key);
    if (!APPLICATION.matcher(name).matches()) {
      throw fields.wrong(key, "a name of letters, digits, '.', '_' and '-', at most 100 of them");
    }
    return name;
  }

  static String lambda(Fields fields, @Nullable Object key) {
    return named(fields, "lambdas", key, ":stock-level");
  }

  static String source(Fields fields, @Nullable Object key) {
    return named(fields, "sources", key, ":uploads");
  }

  private static String named(Fields fields, String under, @Nullable Object key, String example) {
    if (key instanceof Keyword keyword
        && keyword.getNamespace() == null
        && LAMBDA.matcher(keyword.getName()).matches()) {
      return keyword.getName();
    }
    throw Wrong.key(
        fields,
        under,
        key,
        "a keyword of letters, digits, '_' and '-', at most 62 of them, such as " + example);
  }

  /// A function's qualified symbol.
  ///
  /// @param key the key that the symbol was found under
  static Symbol function(Fields fields, String key, @Nullable Object value, boolean wildcard) {
    if (value instanceof Symbol symbol
        && symbol.getNamespace() instanceof String holder
        && CLASS.matcher(holder).matches()
        && (wildcard || !symbol.getName().equals("*"))) {
      return symbol;
    }
    throw Wrong.key(
        fields, key, value, "the symbol of a function with its class, such as shop.Stock/take");
  }
}
