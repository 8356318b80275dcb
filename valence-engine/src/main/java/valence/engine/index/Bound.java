package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// Leading components of rows, to begin or end a range. Only the first `parts` components in the
/// index's order are given; the others are ignored.
///
/// @param v the key of the value
/// @param o the value itself when the key doesn't say everything
public record Bound(
    int parts, long e, int a, long v, @Nullable Object o) {
  /// Before, and equal to, everything.
  public static final Bound NONE = new Bound(0, 0, 0, 0, null);

  public static Bound e(long e) {
    return new Bound(1, e, 0, 0, null);
  }

  public static Bound ea(long e, int a) {
    return new Bound(2, e, a, 0, null);
  }

  /// All of e, a and v, for every order.
  public static Bound eav(long e, int a, long v, @Nullable Object o) {
    return new Bound(3, e, a, v, o);
  }

  public static Bound a(int a) {
    return new Bound(1, 0, a, 0, null);
  }

  public static Bound ae(int a, long e) {
    return new Bound(2, e, a, 0, null);
  }

  public static Bound av(int a, long v, @Nullable Object o) {
    return new Bound(2, 0, a, v, o);
  }

  /// For VAET.
  public static Bound v(long ref) {
    return new Bound(1, 0, 0, ref, null);
  }

  /// For VAET.
  public static Bound va(long ref, int a) {
    return new Bound(2, 0, a, ref, null);
  }
}
