package valence.node.deploy;

import clojure.lang.Symbol;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// What a function can be called with: its overloads; none when nobody knows.
record Signature(List<Overload> overloads) {
  private static final Symbol REST = Symbol.intern("&");

  /// One overload.
  ///
  /// @param types    of its parameters, by their simple names
  /// @param isVaried whether the last stands for any number of arguments
  record Overload(List<String> types, boolean isVaried) {
    /// Whether a call with so many arguments is one of this.
    private boolean takes(int count) {
      return isVaried ? count >= types.size() - 1 : count == types.size();
    }

    /// Whether each call of this is one of the other, by the number of its arguments.
    private boolean isWithin(Overload other) {
      return isVaried
          ? other.isVaried && other.types.size() <= types.size()
          : other.takes(types.size());
    }

    @Override
    public String toString() {
      return "(" + String.join(", ", types) + (isVaried ? "…" : "") + ")";
    }
  }

  static Signature of(MethodModel method) {
    MethodTypeDesc type = method.methodTypeSymbol();
    return new Signature(List.of(new Overload(
        type.parameterList().stream().map(ClassDesc::displayName).toList(),
        method.flags().has(AccessFlag.VARARGS))));
  }

  /// That of a function of Clojure, by its argument lists, in which `&` stands before the rest.
  static Signature of(List<List<?>> argumentLists) {
    return new Signature(argumentLists.stream().map(Signature::overload).toList());
  }

  private static Overload overload(List<?> arguments) {
    List<String> names = new ArrayList<>();
    boolean isVaried = false;
    for (Object argument : arguments) {
      if (REST.equals(argument)) {
        isVaried = true;
      } else {
        names.add(argument instanceof Symbol symbol ? symbol.getName() : "…");
      }
    }
    return new Overload(names, isVaried);
  }

  /// The overloads of both.
  Signature and(Signature other) {
    List<Overload> all = new ArrayList<>(overloads);
    all.addAll(other.overloads);
    all.sort(Comparator.comparing(Overload::toString));
    return new Signature(all);
  }

  /// Those that can be called and couldn't be any more if this became the other.
  List<Overload> lostIn(Signature other) {
    if (other.overloads.isEmpty()) {
      return List.of();
    }
    return overloads.stream()
        .filter(overload -> other.overloads.stream().noneMatch(overload::isWithin))
        .toList();
  }

  @Override
  public String toString() {
    return overloads.stream().map(Overload::toString).collect(Collectors.joining(" or "));
  }
}
