package valence.conformance;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Cases that share what their database is made of.
///
/// @param feature what the cases are about, such as `query/rules`
/// @param data    the name of the data folder that stands in place of schema and setup, or null
/// @param fresh   each case has a database of its own; otherwise they run on one, in order
/// @param build   how the database is made
/// @param others  further databases by name
record Suite(
    String name,
    String feature,
    @Nullable String data,
    boolean fresh,
    Build build,
    Map<String, Build> others,
    List<Case> cases) {
  Suite {
    others = Map.copyOf(others);
    cases = List.copyOf(cases);
  }

  /// The transactions that make a database, tags unresolved.
  ///
  /// @param schema transaction number 0, or null
  /// @param setup  transactions number 1, 2, 3 …
  /// @param names  names for entities made without a tempid, by `[attribute value]`
  record Build(@Nullable Object schema, List<?> setup, Map<?, ?> names) {}
}
