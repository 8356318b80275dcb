package valence.engine.segment;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;

/// Rows of a block that a cursor decodes, the columns that are asked for alone. For one thread.
///
/// Arrays are made when a column is first asked for, and used again for the next rows.
final class Chunk implements Batch.Objects, Batch.Columns {
  /// Few enough that the columns stay in the nearest caches.
  static final int ROWS_MAX = 1024;

  private static final long[] NO_LONGS = new long[0];
  private static final int[] NO_INTS = new int[0];

  /// In place of an attribute's code where rows are of several attributes.
  private static final int SEVERAL = -1;

  private RowBlock block;
  private int low;
  private int high;
  private int capacity;
  private long[] e = NO_LONGS;
  private int[] a = NO_INTS;
  private long[] v = NO_LONGS;
  private long[] from = NO_LONGS;
  private long @Nullable [] to;

  /// The one attribute that all of [#a] was filled with, and how far; its length is zero for
  /// several.
  private int filledAttribute;

  private int filledRows;

  /// The one attribute of all rows by its code, or [#SEVERAL].
  private int code;

  /// The place of each row's attribute among those of the block, where they are several.
  private long[] attributeCodes = NO_LONGS;

  private boolean hasAttributeCodes;
  private boolean hasValues;

  /// What the values of each row's attribute make its object of; only where there are objects.
  private int[] objectCodes = NO_INTS;

  private long[] dealtKeys = NO_LONGS;
  private int[] dealtCodes = NO_INTS;

  Chunk(RowBlock block) {
    this.block = block;
  }

  /// Fills the batch with some columns of rows [from, below) of a block.
  void fill(RowBlock source, int first, int below, int columns, Batch batch) {
    block = source;
    low = first;
    high = below;
    code = source.onlyCode(first, below);
    hasAttributeCodes = false;
    hasValues = false;
    if (below - first > capacity) {
      grow(below - first);
    }
    batch.show(0, below - first, e, a, v, this, from, to);
    batch.showOnly(0, this);
    batch.need(columns);
  }

  private void grow(int rows) {
    capacity = Math.min(ROWS_MAX, Math.max(rows, capacity * 4));
    e = NO_LONGS;
    a = NO_INTS;
    v = NO_LONGS;
    from = NO_LONGS;
    to = null;
    filledRows = 0;
    attributeCodes = NO_LONGS;
    objectCodes = NO_INTS;
    dealtKeys = NO_LONGS;
    dealtCodes = NO_INTS;
  }

  private long[] roomy(long[] array) {
    return array.length == 0 ? new long[capacity] : array;
  }

  private int[] roomy(int[] array) {
    return array.length == 0 ? new int[capacity] : array;
  }

  @Override
  public void fill(Batch batch, int columns) {
    if ((columns & Batch.E) != 0) {
      e = roomy(e);
      block.readEntities(low, high, e);
      batch.e = e;
    }
    if ((columns & Batch.T) != 0) {
      from = roomy(from);
      block.readFrom(low, high, from);
      batch.t = from;
      if (block.closed()) {
        to = to == null ? new long[capacity] : to;
        block.readTo(low, high, to);
        batch.to = to;
      } else {
        batch.to = null;
      }
    }
    if ((columns & Batch.A) != 0) {
      a = roomy(a);
      fillAttributes();
      batch.a = a;
    }
    if ((columns & Batch.V) != 0) {
      v = roomy(v);
      fillValues(batch);
      batch.v = v;
    } else if ((columns & Batch.OBJECTS) != 0 && block.hasObjects(code)) {
      v = roomy(v); // to work in
      fillObjects(batch);
    }
  }

  private void fillAttributes() {
    int length = high - low;
    if (code == SEVERAL) {
      block.attributes(attributeCodes(), length, a);
      filledRows = 0;
      return;
    }
    int attribute = block.attribute(code);
    if (attribute != filledAttribute || length > filledRows) {
      Arrays.fill(a, 0, length, attribute);
      filledAttribute = attribute;
      filledRows = length;
    }
  }

  private long[] attributeCodes() {
    if (!hasAttributeCodes) {
      attributeCodes = roomy(attributeCodes);
      block.readAttributeCodes(low, high, attributeCodes);
      hasAttributeCodes = true;
    }
    return attributeCodes;
  }

  private void fillObjects(Batch batch) {
    if (code == SEVERAL) {
      fillValues(batch);
      return;
    }
    objectCodes = roomy(objectCodes);
    block.readCodes(code, low, high, v, objectCodes);
    showCodes(batch);
    hasValues = true;
  }

  private void showCodes(Batch batch) {
    if (block.dictionary(code) != null) {
      batch.dictionary = block.dictionary(code);
      batch.codes = objectCodes;
    }
  }

  private void fillValues(Batch batch) {
    boolean objects = block.hasObjects(code);
    if (objects) {
      objectCodes = roomy(objectCodes);
    }
    if (code != SEVERAL) {
      block.readValues(code, low, high, v, objectCodes);
      if (objects) {
        showCodes(batch);
      }
    } else if (block.isInterleaved()) {
      dealtKeys = roomy(dealtKeys);
      dealtCodes = objects ? roomy(dealtCodes) : dealtCodes;
      block.readInterleaved(
          low, high - low, attributeCodes(), v, objectCodes, dealtKeys, dealtCodes);
    } else {
      block.readValues(low, high, v, objectCodes);
    }
    hasValues = true;
  }

  @Override
  public void pick(int columns, int[] rows, int count, long[] toE, int[] toA, long[] toV) {
    for (int i = 0; i < count; i++) {
      int row = low + rows[i];
      if ((columns & Batch.E) != 0) {
        toE[i] = block.entity(row);
      }
      if ((columns & (Batch.A | Batch.V)) != 0) {
        int of = code == SEVERAL ? block.code(row) : code;
        if ((columns & Batch.A) != 0) {
          toA[i] = block.attribute(of);
        }
        if ((columns & Batch.V) != 0) {
          toV[i] = block.key(of, row);
        }
      }
    }
  }

  @Override
  public boolean any() {
    return block.hasObjects(code);
  }

  @Override
  public @Nullable Object object(int row) {
    if (!block.hasObjects(code)) {
      return null;
    }
    int of = code != SEVERAL
        ? code
        : hasAttributeCodes ? (int) attributeCodes[row] : block.code(low + row);
    return hasValues ? block.objectOf(of, objectCodes[row]) : block.object(of, low + row);
  }
}
