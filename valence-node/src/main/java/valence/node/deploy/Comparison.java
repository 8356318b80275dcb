package valence.node.deploy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import valence.node.control.FunctionState;
import valence.node.control.FunctionState.Change;
import valence.wire.ion.IonConfig;

/// The functions of a revision beside those of the one that runs.
///
/// @param functions  of both, each with what becomes of it
/// @param gone       symbols that queries and transactions may call and couldn't call any more
/// @param objections why callers of the one that runs would fail, for people
record Comparison(
    List<FunctionState> functions, Map<String, Function> gone, List<String> objections) {
  /// A configuration and what is known of the code that it names.
  record Side(IonConfig config, Function.Signatures signatures) {}

  static Comparison of(Optional<Side> before, Side after) {
    Map<String, Function> old =
        before.map(side -> Function.of(side.config(), side.signatures())).orElse(Map.of());
    Map<String, Function> now = Function.of(after.config(), after.signatures());
    List<FunctionState> functions = new ArrayList<>();
    List<String> objections = new ArrayList<>();
    Map<String, Function> gone = new LinkedHashMap<>();
    now.forEach((key, function) -> {
      Function was = old.get(key);
      functions.add(state(function, was == null ? Change.ADDED : change(was, function)));
      if (was != null && was.isCalledWithArguments()) {
        lost(was, function).ifPresent(objections::add);
      }
    });
    old.forEach((key, was) -> {
      if (!now.containsKey(key)) {
        functions.add(state(was, Change.REMOVED));
        if (was.isCalledByName()) {
          objections.add(was.kind() + " had " + was.name() + ", which would be gone.");
        }
        if (was.isAllowed()) {
          gone.put(was.symbol(), was);
        }
      }
    });
    return new Comparison(functions, gone, objections);
  }

  private static Change change(Function was, Function now) {
    return was.config().equals(now.config()) && was.signature().equals(now.signature())
        ? Change.UNCHANGED
        : Change.CHANGED;
  }

  private static Optional<String> lost(Function was, Function now) {
    if (was.signature().isEmpty() || now.signature().isEmpty()) {
      return Optional.empty();
    }
    List<Signature.Overload> lost = was.signature().get().lostIn(now.signature().get());
    return lost.isEmpty()
        ? Optional.empty()
        : Optional.of(now.symbol() + " takes " + now.signature().get() + ", and no longer "
            + new Signature(lost) + ".");
  }

  private static FunctionState state(Function function, Change change) {
    return new FunctionState(function.kind(), function.name(), function.symbol(), change, "");
  }
}
