package valence.engine.pull;

import clojure.lang.Symbol;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.edn.Edn;
import valence.engine.function.AppFunction;
import valence.engine.function.CoreFunction;
import valence.engine.function.CoreFunctions;
import valence.engine.function.FunctionResolver;
import valence.engine.function.FunctionResolver.Use;

/// The functions that `:xform` may name: some of Clojure's by their bare name, the curated pure
/// ones by their qualified name, and others as the application allows.
final class Xforms {
  private static final Set<String> BARE = Set.of("str", "keyword", "symbol", "name", "namespace");

  private Xforms() {}

  static AppFunction resolve(Symbol name, FunctionResolver functions) {
    if (name.toString().equals("clojure.edn/read-string")) {
      return Xforms::readString;
    }
    boolean bare = name.getNamespace() == null;
    CoreFunction core = !bare || BARE.contains(name.getName()) ? CoreFunctions.find(name) : null;
    if (core != null) {
      return core::call;
    }
    if (bare) {
      throw Anomaly.of(
              Anomaly.Category.FORBIDDEN,
              "'" + name + "' needs to be listed under :xforms in ion-config.edn.",
              "Expected the qualified name of a function, or one of " + new TreeSet<>(BARE) + ".",
              "Qualify the name.")
          .toException();
    }
    return functions.resolve(name, Use.XFORM);
  }

  private static @Nullable Object readString(@Nullable Object... args) {
    return switch (args[0]) {
      case null -> null;
      case String text -> Edn.read(text);
      case Object other ->
        throw Anomaly.incorrect(
                "db.error/wrong-type-for-attribute",
                "clojure.edn/read-string was given " + Edn.print(other) + ".",
                "Expected the text of EDN data.",
                "Use it with attributes of type string.")
            .toException();
    };
  }
}
