package valence.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// How the result of a [LiveQuery] became another: take away what is removed, then add what is
/// added, and it is what the query gives at t.
///
/// A result is a bag of rows: one that is there twice is named twice. For `:find ?x .` and
/// `:find [?x ?y]` the result is one row or none.
///
/// @param basis   the t of the result that changed; empty when this is the whole result, whatever
///     was known before
/// @param t       of the database that gives the new result
/// @param added   rows as [Db#q] gives them
/// @param removed rows of the result before
public record LiveChange(
    OptionalLong basis, long t, List<@Nullable Object> added, List<@Nullable Object> removed) {
  public LiveChange {
    added = Collections.unmodifiableList(added);
    removed = Collections.unmodifiableList(removed);
  }

  /// Whether it is the whole result, which takes the place of any before.
  public boolean isWhole() {
    return basis.isEmpty();
  }

  /// The rows of the new result.
  ///
  /// @param before the rows that the change before this one made; of no account if this is whole
  public List<@Nullable Object> applyTo(List<? extends @Nullable Object> before) {
    if (isWhole()) {
      return added;
    }
    List<@Nullable Object> rows = new ArrayList<>(before.size() + added.size());
    List<@Nullable Object> gone = new ArrayList<>(removed);
    for (Object row : before) {
      if (gone.isEmpty() || !gone.remove(row)) {
        rows.add(row);
      }
    }
    rows.addAll(added);
    return rows;
  }
}
