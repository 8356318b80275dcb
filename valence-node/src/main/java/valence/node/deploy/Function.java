package valence.node.deploy;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;
import valence.wire.ion.IonConfig;

/// A function that a configuration names, under whatever key.
///
/// @param kind      the key of `ion-config.edn`
/// @param name      under which it is called
/// @param fn        the code
/// @param config    what the configuration says of it, as EDN
/// @param signature what it can be called with, when that is known: of a function of Clojure not
///     before it is loaded
record Function(
    Keyword kind, String name, Symbol fn, String config, Optional<Signature> signature) {
  /// What the functions of a class or a namespace can be called with, by their names; none where
  /// there is no such class.
  interface Signatures {
    Map<String, Signature> of(String namespace);
  }

  private static final List<Keyword> NAMED_BY =
      List.of(Keyword.intern("fn"), Keyword.intern("handler-fn"));

  private static final Keyword ALLOW = Keyword.intern("allow");
  private static final Keyword XFORMS = Keyword.intern("xforms");
  private static final Keyword LAMBDAS = Keyword.intern("lambdas");
  private static final Keyword HTTP_DIRECT = Keyword.intern("http-direct");

  /// Every function of a configuration, by kind and name. Reads the configuration as data, so that
  /// a new kind of entry point is seen here without a change.
  static Map<String, Function> of(IonConfig config, Signatures signatures) {
    Map<String, Function> functions = new LinkedHashMap<>();
    config.toMap().forEach((kind, value) -> {
      switch (value) {
        case List<?> symbols ->
          symbols.forEach(each -> {
            if (each instanceof Symbol symbol) {
              listed(kind, symbol, signatures).forEach(function -> put(functions, function));
            }
          });
        case Map<?, ?> map -> {
          Symbol own = fn(map);
          if (own != null) {
            put(functions, function(kind, kind.getName(), own, value, signatures));
          } else {
            map.forEach((name, entry) -> {
              Symbol fn = entry instanceof Map<?, ?> fields ? fn(fields) : null;
              if (fn != null) {
                put(functions, function(kind, nameOf(name), fn, entry, signatures));
              }
            });
          }
        }
        default -> {}
      }
    });
    return functions;
  }

  /// Whether callers outside of the application reach it by its name.
  boolean isCalledByName() {
    return isCalledWithArguments() || kind == LAMBDAS || kind == HTTP_DIRECT;
  }

  /// Whether callers choose the arguments; those of the others are always the same.
  boolean isCalledWithArguments() {
    return kind == ALLOW || kind == XFORMS;
  }

  /// Whether queries and transactions may call it.
  boolean isAllowed() {
    return kind == ALLOW;
  }

  String symbol() {
    return text(fn);
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }

  static String text(Symbol symbol) {
    return symbol.getNamespace() + "/" + symbol.getName();
  }

  private static List<Function> listed(Keyword kind, Symbol symbol, Signatures signatures) {
    if (!symbol.getName().equals("*")) {
      return List.of(function(kind, text(symbol), symbol, symbol, signatures));
    }
    return signatures.of(symbol.getNamespace()).keySet().stream()
        .map(name -> Symbol.intern(symbol.getNamespace(), name))
        .map(each -> function(kind, text(each), each, each, signatures))
        .toList();
  }

  private static Function function(
      Keyword kind, String name, Symbol fn, Object config, Signatures signatures) {
    return new Function(
        kind,
        name,
        fn,
        Edn.print(config),
        Optional.ofNullable(signatures.of(fn.getNamespace()).get(fn.getName())));
  }

  private static void put(Map<String, Function> functions, Function function) {
    functions.put(function.toString(), function);
  }

  private static @Nullable Symbol fn(Map<?, ?> map) {
    for (Keyword key : NAMED_BY) {
      if (map.get(key) instanceof Symbol symbol && symbol.getNamespace() != null) {
        return symbol;
      }
    }
    return null;
  }

  private static String nameOf(@Nullable Object key) {
    return key instanceof Keyword keyword ? keyword.getName() : Edn.print(key);
  }
}
