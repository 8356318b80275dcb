package valence.engine.code;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.List;
import valence.api.record.Ident;
import valence.api.spi.Naming;

/// What constants of enums are called in data.
final class EnumNames {
  private EnumNames() {}

  /// The keyword of a constant: `:color/dark-red` for `Color.DARK_RED`, unless it declares another.
  static Keyword keyword(Enum<?> constant) {
    Ident declared = declared(constant);
    return declared == null
        ? Keyword.intern(
            Naming.namespace(constant.getDeclaringClass()), Naming.kebab(constant.name()))
        : Keyword.intern(declared.value());
  }

  /// Everything that names it: the keyword, with and without namespace, and as text what stands in
  /// the code, in small letters, and with dashes.
  static List<Object> of(Enum<?> constant) {
    List<Object> names = new ArrayList<>();
    names.add(keyword(constant));
    String kebab = Naming.kebab(constant.name());
    String small = constant.name().toLowerCase(java.util.Locale.ROOT);
    for (String name : List.of(kebab, small, constant.name())) {
      names.add(Keyword.intern(null, name));
      names.add(name);
    }
    return names;
  }

  private static @org.jspecify.annotations.Nullable Ident declared(Enum<?> constant) {
    try {
      return constant.getDeclaringClass().getField(constant.name()).getAnnotation(Ident.class);
    } catch (NoSuchFieldException e) {
      throw new AssertionError("each constant of an enum is a public field of it", e);
    }
  }
}
