package valence.api;

import static java.util.Objects.requireNonNull;

/// One fact: entity `e` has value `v` for attribute `a`, said by transaction `tx`.
///
/// @param v     of the attribute's value type, never null; the other components are entity ids
/// @param added true for an assertion, false for a retraction
public record Datom(long e, long a, Object v, long tx, boolean added) {
  public Datom {
    requireNonNull(v, "v");
  }
}
