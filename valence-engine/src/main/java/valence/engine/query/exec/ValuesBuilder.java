package valence.engine.query.exec;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Dictionary;

/// Collects values of one attribute that no key says: as codes, as long as there are few different
/// ones. For one thread.
final class ValuesBuilder {
  /// Codes are kept for so many different values whatever the rows,
  private static final int CODES_MIN = 256;

  /// and for more of them while there are at least so many rows for each.
  private static final int ROWS_PER_CODE = 4;

  private final ValueCodes known = new ValueCodes();
  private int[] codes;
  private @Nullable Object[] objects;
  private boolean isCoded;
  private int count;
  private @Nullable Dictionary dictionary; // of the last batch that had one
  private int[] mapped = new int[0]; // code + 1 here by code there; 0 when not known yet

  ValuesBuilder(boolean isCoded, int capacity) {
    this.isCoded = isCoded;
    codes = new int[isCoded ? capacity : 0];
    objects = new Object[isCoded ? 0 : capacity];
  }

  /// Adds rows of a batch.
  ///
  /// @param positions of the rows, or null for the first ones
  void add(Batch batch, int @Nullable [] positions, int rows) {
    Dictionary theirs = batch.dictionary;
    if (isCoded && theirs != null) {
      addCodes(batch, theirs, positions, rows);
      return;
    }
    for (int i = 0; i < rows; i++) {
      int row = positions == null ? batch.start + i : positions[i];
      Object value = theirs == null
          ? Objects.requireNonNull(batch.object(row))
          : theirs.value(batch.codes[row]);
      if (isCoded) {
        addCode(known.code(value));
        if (known.count() > CODES_MIN && known.count() > (count + rows - i) / ROWS_PER_CODE) {
          widen();
        }
      } else {
        addObject(value);
      }
    }
  }

  /// Adds one value.
  void add(Object value) {
    if (isCoded) {
      addCode(known.code(value));
      if (known.count() > CODES_MIN && known.count() > count / ROWS_PER_CODE) {
        widen();
      }
    } else {
      addObject(value);
    }
  }

  private void addCodes(Batch batch, Dictionary theirs, int @Nullable [] positions, int rows) {
    if (dictionary != theirs) {
      dictionary = theirs;
      mapped = new int[theirs.size()];
    }
    if (count + rows > codes.length) {
      codes = Arrays.copyOf(codes, Math.max(count + rows, count * 2));
    }
    for (int i = 0; i < rows; i++) {
      int theirCode = batch.codes[positions == null ? batch.start + i : positions[i]];
      int code = mapped[theirCode];
      if (code == 0) {
        code = known.code(theirs.value(theirCode)) + 1;
        mapped[theirCode] = code;
      }
      codes[count + i] = code - 1;
    }
    count += rows;
  }

  private void addCode(int code) {
    if (count == codes.length) {
      codes = Arrays.copyOf(codes, count * 2);
    }
    codes[count++] = code;
  }

  private void addObject(Object value) {
    if (count == objects.length) {
      objects = Arrays.copyOf(objects, count * 2);
    }
    objects[count++] = value;
  }

  private void widen() {
    isCoded = false;
    objects = new Object[Math.max(codes.length, count * 2)];
    for (int i = 0; i < count; i++) {
      objects[i] = known.value(codes[i]);
    }
  }

  /// The values of several, one below the other; none of them may be used any more.
  static Column joined(List<ValuesBuilder> parts) {
    int count = 0;
    boolean areCoded = true;
    for (ValuesBuilder part : parts) {
      count += part.count;
      areCoded &= part.isCoded;
    }
    return areCoded ? joinedCodes(parts, count) : joinedObjects(parts, count);
  }

  private static Column joinedCodes(List<ValuesBuilder> parts, int count) {
    ValueCodes all = parts.getFirst().known;
    int[] joined = new int[count];
    int at = 0;
    for (ValuesBuilder part : parts) {
      int[] codes = part.codes;
      int[] mapped = new int[part.known.count()];
      for (int code = 0; code < mapped.length; code++) {
        mapped[code] = all.code(part.known.value(code));
      }
      for (int i = 0; i < part.count; i++) {
        joined[at + i] = mapped[codes[i]];
      }
      at += part.count;
    }
    return new Column.Codes(all, joined);
  }

  private static Column joinedObjects(List<ValuesBuilder> parts, int count) {
    @Nullable Object[] joined = new Object[count];
    int at = 0;
    for (ValuesBuilder part : parts) {
      if (part.isCoded) {
        part.widen();
      }
      System.arraycopy(part.objects, 0, joined, at, part.count);
      at += part.count;
    }
    return new Column.Objects(joined, false);
  }

  /// The column; the builder must not be used any more.
  Column build() {
    return isCoded ? new Column.Codes(known, codes) : new Column.Objects(objects, false);
  }
}
