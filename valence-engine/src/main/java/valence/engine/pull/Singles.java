package valence.engine.pull;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import valence.engine.pull.PullPattern.Selection;
import valence.engine.pull.PullPattern.Spec;
import valence.engine.pull.PullPattern.Target;
import valence.engine.pull.PullPattern.Wildcard;

/// Which specs of a pattern show one value of the entity: a scalar as it is, or something of the
/// entity that it refers to. They are read together, for finding a row costs more than reading its
/// neighbours.
///
/// @param attributes by spec: the attribute's id, or [#NO_ATTRIBUTE] for a spec of another kind
/// @param count      how many there are
/// @param all        whether the pattern shows scalars alone, under different keys, as few as an
///     array map holds
public record Singles(int[] attributes, int count, boolean all) {
  static final int NO_ATTRIBUTE = -1;

  private static final int ARRAY_MAP_ENTRIES_MAX = 8;

  static Singles of(List<Spec> specs, Wildcard wildcard) {
    int[] attributes = new int[specs.size()];
    int count = 0;
    boolean all = wildcard == Wildcard.NONE && attributes.length <= ARRAY_MAP_ENTRIES_MAX;
    Set<Object> keys = new HashSet<>();
    for (int i = 0; i < attributes.length; i++) {
      attributes[i] = NO_ATTRIBUTE;
      boolean scalar = false;
      if (specs.get(i) instanceof Selection selection && isSingle(selection)) {
        attributes[i] = selection.attribute().id();
        scalar = !selection.attribute().isRef();
        count++;
      }
      all &= scalar && specs.get(i).xform() == null && keys.add(specs.get(i).key());
    }
    return new Singles(attributes, count, all && count > 0);
  }

  private static boolean isSingle(Selection selection) {
    return !selection.reverse()
        && !selection.many()
        && switch (selection.target()) {
          case Target.Whole() -> !selection.attribute().component();
          case Target.Nested ignored -> selection.attribute().isRef();
          case Target.Recursion ignored -> false;
        };
  }

  /// The attribute where there is one alone.
  int only() {
    int found = NO_ATTRIBUTE;
    for (int attribute : attributes) {
      found = Math.max(found, attribute);
    }
    return found;
  }

  /// The spec that shows an attribute; -1 when none does.
  int spec(int attribute) {
    for (int i = 0; i < attributes.length; i++) {
      if (attributes[i] == attribute) {
        return i;
      }
    }
    return -1;
  }
}
