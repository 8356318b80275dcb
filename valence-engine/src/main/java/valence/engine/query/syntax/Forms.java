package valence.engine.query.syntax;

import clojure.lang.IPersistentVector;
import clojure.lang.ISeq;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.edn.Persistent;
import valence.engine.query.syntax.Term.Variable;

/// What EDN forms are, by their first look.
public final class Forms {
  /// How much of a form a message shows, in chars.
  private static final int SHOWN_CHARS_MAX = 200;

  private Forms() {}

  static boolean isVariable(@Nullable Object form) {
    return form instanceof Symbol symbol
        && symbol.getNamespace() == null
        && symbol.getName().startsWith("?");
  }

  static boolean isSource(@Nullable Object form) {
    return form instanceof Symbol symbol
        && symbol.getNamespace() == null
        && symbol.getName().startsWith("$");
  }

  static boolean isSymbol(@Nullable Object form, String name) {
    return form instanceof Symbol symbol
        && symbol.getNamespace() == null
        && symbol.getName().equals(name);
  }

  static Variable variable(Object form) {
    return new Variable(((Symbol) form).getName());
  }

  /// The elements of a list, vector or sequence; empty for anything else.
  static Optional<List<@Nullable Object>> elements(@Nullable Object form) {
    if (form instanceof List<?> list) {
      return Optional.of(Arrays.asList(Persistent.items(list)));
    }
    if (form instanceof ISeq sequence) {
      List<@Nullable Object> elements = new ArrayList<>();
      for (ISeq rest = sequence.seq(); rest != null; rest = rest.next()) {
        elements.add(rest.first());
      }
      return Optional.of(elements);
    }
    return Optional.empty();
  }

  /// Whether a form reads as a call: a list, not a vector, that begins with a symbol.
  static boolean isCall(@Nullable Object form) {
    return !(form instanceof IPersistentVector)
        && (form instanceof List<?> || form instanceof ISeq)
        && elements(form)
            .filter(e -> !e.isEmpty() && e.get(0) instanceof Symbol)
            .isPresent();
  }

  /// The form as text for a message.
  public static String show(@Nullable Object form) {
    String text;
    try {
      text = Edn.print(form);
    } catch (AnomalyException unprintable) {
      return "a " + (form == null ? "nil" : form.getClass().getSimpleName());
    }
    return text.length() <= SHOWN_CHARS_MAX ? text : text.substring(0, SHOWN_CHARS_MAX) + "…";
  }

  /// A mistake in the text of a query.
  public static AnomalyException mistake(String... sentences) {
    return Anomaly.of(Anomaly.Category.INCORRECT, sentences).toException();
  }
}
