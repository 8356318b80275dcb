package valence.engine.live;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.QueryReader;

/// Whether a query gives rows, or one value.
enum Shape {
  MANY,
  ONE;

  static Shape of(Object query) {
    return switch (QueryReader.read(query).shape()) {
      case RELATION, COLLECTION -> MANY;
      case TUPLE, SCALAR -> ONE;
    };
  }

  List<@Nullable Object> rows(@Nullable Object result) {
    if (result == null) {
      return List.of();
    }
    List<@Nullable Object> rows = new ArrayList<>();
    if (this == MANY && result instanceof Collection<?> all) {
      rows.addAll(all);
    } else {
      rows.add(result);
    }
    return rows;
  }
}
