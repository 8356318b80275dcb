package valence.engine.code;

import clojure.lang.Symbol;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import valence.api.Anomaly;

/// Which functions may be called.
@FunctionalInterface
public interface AllowList {
  boolean allows(Symbol name);

  /// Everything but what the JDK and Clojure have themselves.
  static AllowList classPath() {
    List<String> reserved = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.", "clojure.");
    return name -> reserved.stream().noneMatch(name.getNamespace()::startsWith);
  }

  /// Only what is listed.
  ///
  /// @param names symbols or their texts; `my.ns/*` is all of a namespace or class
  static AllowList of(Collection<?> names) {
    Set<Symbol> listed = new HashSet<>();
    for (Object name : names) {
      Symbol symbol =
          name instanceof Symbol given ? given : Symbol.intern(name == null ? "" : name.toString());
      if (symbol.getNamespace() == null) {
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                "\"" + symbol.getName() + "\" under :functions names no function.",
                "Expected qualified symbols or their texts, such as my.ns/f or com.acme.Fns/*.")
            .toException();
      }
      listed.add(symbol);
    }
    return name ->
        listed.contains(name) || listed.contains(Symbol.intern(name.getNamespace(), "*"));
  }
}
