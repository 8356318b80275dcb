package valence.engine.segment;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Bound;
import valence.engine.index.Dictionary;
import valence.engine.index.Facts;
import valence.engine.index.Found;
import valence.engine.index.Order;

/// Rows in packed columns, read in place. Immutable, safe for any number of threads.
///
/// Values stand apart by attribute, so that each of their columns is of one type and packs well;
/// the references of VAET are one column. The value of a row is found by the *rank* of the row
/// among those of its attribute: in AEVT and AVET the distance from the attribute's first row, in
/// EAVT counted from the nearest of the samples that reading takes.
final class RowBlock {
  /// Rows between two samples of ranks, at least.
  private static final int SAMPLE_ROWS_MIN = 16;

  final Order order;
  final int count;
  private final int[] attributes;
  private final LongColumn codes;
  private final LongColumn e;
  private final LongColumn from;
  private final @Nullable LongColumn to;

  /// Of VAET; else values by attribute.
  private final @Nullable LongColumn keys;

  private final ValueColumn[] values;

  /// Whether there are values of which a key doesn't say everything.
  private final boolean objects;

  /// The first row of each attribute, and the end; only where rows are sorted by attribute.
  private final int @Nullable [] starts;

  /// How many rows of each attribute lie before each sample; only of EAVT.
  private final char[] ranks;

  private final int sampleShift;

  private RowBlock(
      Order order,
      int count,
      int[] attributes,
      LongColumn codes,
      LongColumn e,
      LongColumn from,
      @Nullable LongColumn to,
      @Nullable LongColumn keys,
      ValueColumn[] values,
      int @Nullable [] starts,
      char[] ranks,
      int sampleShift) {
    this.order = order;
    this.count = count;
    this.attributes = attributes;
    this.codes = codes;
    this.e = e;
    this.from = from;
    this.to = to;
    this.keys = keys;
    this.values = values;
    this.starts = starts;
    this.ranks = ranks;
    this.sampleShift = sampleShift;
    boolean found = false;
    for (ValueColumn column : values) {
      found |= column instanceof ObjectColumn;
    }
    this.objects = found;
  }

  static RowBlock read(Input in, Order order, boolean closed, int count) {
    int width = in.count(count);
    LongColumn ids = LongColumn.read(in, width);
    int[] attributes = new int[width];
    for (int i = 0; i < width; i++) {
      long id = ids.at(i);
      if (id != (int) id || (i > 0 && id <= attributes[i - 1])) {
        throw in.damaged("an attribute is " + id);
      }
      attributes[i] = (int) id;
    }
    LongColumn codes = LongColumn.readBelow(in, count, width);
    LongColumn e = LongColumn.read(in, count);
    LongColumn from = LongColumn.read(in, count);
    LongColumn to = closed ? LongColumn.read(in, count) : null;
    if (order == Order.VAET) {
      LongColumn keys = LongColumn.read(in, count);
      return new RowBlock(
          order,
          count,
          attributes,
          codes,
          e,
          from,
          to,
          keys,
          new ValueColumn[0],
          null,
          new char[0],
          0);
    }
    int shift = sampleShift(width);
    char[] ranks =
        order == Order.EAVT && width > 1 ? new char[((count >>> shift) + 1) * width] : new char[0];
    int[] counts = countRows(in, codes, width, order, ranks, shift);
    ValueColumn[] values = new ValueColumn[width];
    int[] starts = new int[width + 1];
    for (int i = 0; i < width; i++) {
      values[i] = ValueColumn.read(in, counts[i]);
      starts[i + 1] = starts[i] + counts[i];
    }
    boolean byAttribute = order != Order.EAVT || width == 1;
    return new RowBlock(
        order,
        count,
        attributes,
        codes,
        e,
        from,
        to,
        null,
        values,
        byAttribute ? starts : null,
        ranks,
        shift);
  }

  /// Samples lie further apart where there are many attributes, so that they take half a byte a row
  /// at most.
  private static int sampleShift(int width) {
    int rows = Math.max(SAMPLE_ROWS_MIN, Integer.highestOneBit(Math.max(1, width)) * 8);
    return Integer.numberOfTrailingZeros(rows);
  }

  /// Counts the rows of each attribute and takes samples on the way.
  private static int[] countRows(
      Input in, LongColumn codes, int width, Order order, char[] ranks, int shift) {
    int[] counts = new int[width];
    long[] chunk = new long[Math.min(codes.count(), 1024)];
    long before = 0;
    for (int from = 0; from < codes.count(); from += chunk.length) {
      int length = Math.min(chunk.length, codes.count() - from);
      codes.read(from, from + length, chunk, 0);
      for (int i = 0; i < length; i++) {
        if (ranks.length > 0 && ((from + i) & ((1 << shift) - 1)) == 0) {
          int sample = ((from + i) >>> shift) * width;
          for (int k = 0; k < width; k++) {
            ranks[sample + k] = (char) counts[k];
          }
        }
        if (order != Order.EAVT && chunk[i] < before) {
          throw in.damaged("rows aren't in the order of their attributes");
        }
        before = chunk[i];
        counts[(int) chunk[i]]++;
      }
    }
    return counts;
  }

  /// The place of a row's attribute among those of the block.
  int code(int row) {
    if (starts == null) {
      return (int) codes.at(row);
    }
    int low = 0;
    int high = starts.length - 2;
    // Invariant: the attribute lies in [low, high]. One without rows is never the last to begin.
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (starts[middle] <= row) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// How many rows of the attribute lie before the row.
  private int rank(int code, int row) {
    if (starts != null) {
      return row - starts[code];
    }
    int rank = ranks[(row >>> sampleShift) * attributes.length + code];
    for (int i = row >>> sampleShift << sampleShift; i < row; i++) {
      rank += codes.at(i) == code ? 1 : 0;
    }
    return rank;
  }

  /// Position of the first row, from `start` on, not below the bound or, past the bound, of the
  /// first row above it.
  int seek(Bound bound, boolean past, int start) {
    if (bound.parts() == 0) {
      return past ? count : start;
    }
    boolean one = bound.parts() == 1;
    if (order == Order.EAVT || starts == null) {
      LongColumn column = keys == null ? e : keys;
      long key = keys == null ? bound.e() : bound.v();
      int low = column.seek(start, count, key, one && past);
      return one ? low : seek(bound, past, low, column.seek(low, count, key, true), -1);
    }
    int code = Arrays.binarySearch(attributes, bound.a());
    if (code < 0) {
      return Math.max(start, starts[-code - 1]);
    }
    if (one) {
      return Math.max(start, past ? starts[code + 1] : starts[code]);
    }
    int low = Math.max(start, starts[code]);
    int high = starts[code + 1];
    if (low >= high) {
      return low;
    }
    LongColumn column = order == Order.AEVT
        ? e
        : values[code] instanceof KeyColumn(LongColumn numbers) ? numbers : null;
    if (column == null) {
      return seek(bound, past, low, high, code);
    }
    boolean two = bound.parts() == 2;
    int shift = column == e ? 0 : starts[code];
    long key = column == e ? bound.e() : bound.v();
    low = shift + column.seek(low - shift, high - shift, key, two && past);
    if (two) {
      return low;
    }
    high = shift + column.seek(low - shift, high - shift, key, true);
    return seek(bound, past, low, high, code);
  }

  /// Whether a row begins as a bound does.
  boolean beginsAs(Bound bound, int row) {
    if (starts == null || order != Order.AVET || bound.parts() != 2) {
      return seek(bound, true, row) > row;
    }
    int code = Arrays.binarySearch(attributes, bound.a());
    return code >= 0
        && row >= starts[code]
        && row < starts[code + 1]
        && values[code].compare(row - starts[code], bound.v(), bound.o()) == 0;
  }

  private int seek(Bound bound, boolean past, int start, int end, int code) {
    int low = start;
    int high = end;
    // Invariant: rows [start, low) lie before the position, rows [high, end) at or behind it.
    while (low < high) {
      int middle = (low + high) >>> 1;
      int c = code < 0 ? compareRest(middle, bound) : compareOf(code, middle, bound);
      if (past ? c <= 0 : c < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Of EAVT and VAET, when the row has the first component of the bound, which has more.
  private int compareRest(int row, Bound bound) {
    if (keys != null) {
      int c = Integer.compare(attributes[(int) codes.at(row)], bound.a());
      return c == 0 && bound.parts() > 2 ? Long.compare(e.at(row), bound.e()) : c;
    }
    int code = code(row);
    int c = Integer.compare(attributes[code], bound.a());
    return c == 0 && bound.parts() > 2
        ? values[code].compare(rank(code, row), bound.v(), bound.o())
        : c;
  }

  /// Of AEVT and AVET, when the row is of the bound's attribute.
  private int compareOf(int code, int row, Bound bound) {
    int parts = bound.parts();
    int c;
    if (order == Order.AEVT) {
      c = Long.compare(e.at(row), bound.e());
      return c == 0 && parts > 2 ? compareValue(code, row, bound) : c;
    }
    c = compareValue(code, row, bound);
    return c == 0 && parts > 2 ? Long.compare(e.at(row), bound.e()) : c;
  }

  private int compareValue(int code, int row, Bound bound) {
    return values[code].compare(rank(code, row), bound.v(), bound.o());
  }

  boolean closed() {
    return to != null;
  }

  /// Whether attributes are mixed, so that each row's values have to be dealt out.
  boolean isInterleaved() {
    return keys == null && starts == null;
  }

  /// The code of the one attribute that rows [low, high) have; -1 where they may have several.
  int onlyCode(int low, int high) {
    if (attributes.length == 1) {
      return 0;
    }
    if (keys != null) {
      return -1;
    }
    int code = code(low);
    if (starts == null) {
      // In between are no others when one entity's rows begin and end with it.
      boolean isOne = high - low == 1 || codes.at(high - 1) == code && e.at(high - 1) == e.at(low);
      return isOne ? code : -1;
    }
    return high <= starts[code + 1] ? code : -1;
  }

  int attribute(int code) {
    return attributes[code];
  }

  void readEntities(int low, int high, long[] target) {
    e.read(low, high, target, 0);
  }

  long entity(int row) {
    return e.at(row);
  }

  void readFrom(int low, int high, long[] target) {
    from.read(low, high, target, 0);
  }

  void readTo(int low, int high, long[] target) {
    if (to != null) {
      to.read(low, high, target, 0);
    }
  }

  void readAttributeCodes(int low, int high, long[] target) {
    codes.read(low, high, target, 0);
  }

  void attributes(long[] attributeCodes, int length, int[] target) {
    for (int i = 0; i < length; i++) {
      target[i] = attributes[(int) attributeCodes[i]];
    }
  }

  /// Whether an attribute, or with -1 one of all, has values of which a key doesn't say everything.
  boolean hasObjects(int code) {
    return keys == null && (code < 0 ? objects : values[code] instanceof ObjectColumn);
  }

  @Nullable Dictionary dictionary(int code) {
    return keys == null && values[code] instanceof ObjectColumn column ? column.dictionary() : null;
  }

  /// The keys of rows [low, high), all of one attribute, and what [#objectOf] wants of each.
  void readValues(int code, int low, int high, long[] target, int[] objectCodes) {
    if (keys != null) {
      keys.read(low, high, target, 0);
      return;
    }
    int rank = rank(code, low);
    values[code].read(rank, rank + high - low, target, objectCodes, 0);
  }

  /// What [#objectOf] wants of each of rows [low, high), all of one attribute that has objects.
  ///
  /// @param scratch to work in
  void readCodes(int code, int low, int high, long[] scratch, int[] objectCodes) {
    int rank = rank(code, low);
    values[code].readCodes(rank, rank + high - low, scratch, objectCodes);
  }

  /// The keys of rows [low, high), which stand attribute by attribute.
  void readValues(int low, int high, long[] target, int[] objectCodes) {
    if (keys != null || starts == null) {
      readValues(0, low, high, target, objectCodes);
      return;
    }
    int row = low;
    for (int code = code(low); row < high; code++) {
      int end = Math.min(high, starts[code + 1]);
      int rank = row - starts[code];
      values[code].read(rank, rank + end - row, target, objectCodes, row - low);
      row = end;
    }
  }

  /// Reads each attribute's values in one go, then deals them out to their rows.
  void readInterleaved(
      int low,
      int length,
      long[] attributeCodes,
      long[] target,
      int[] objectCodes,
      long[] dealtKeys,
      int[] dealtCodes) {
    int width = attributes.length;
    int[] next = new int[width];
    for (int i = 0; i < length; i++) {
      next[(int) attributeCodes[i]]++;
    }
    int[] before = ranksBefore(low);
    int start = 0;
    for (int k = 0; k < width; k++) {
      int rows = next[k];
      next[k] = start;
      if (rows > 0) {
        values[k].read(before[k], before[k] + rows, dealtKeys, dealtCodes, start);
      }
      start += rows;
    }
    for (int i = 0; i < length; i++) {
      int position = next[(int) attributeCodes[i]]++;
      target[i] = dealtKeys[position];
      if (objects) {
        objectCodes[i] = dealtCodes[position];
      }
    }
  }

  /// As [valence.engine.index.Run#visit], of EAVT.
  void visit(long entity, long since, long asOf, Facts facts) {
    int low = e.seek(0, count, entity, false);
    if (low == count || e.at(low) != entity) {
      return;
    }
    if (since >= 0 || asOf != Long.MAX_VALUE) {
      visitTimed(low, e.seek(low, count, entity, true), since, asOf, facts);
      return;
    }
    int[] next = starts == null ? ranksBefore(low) : null;
    for (int row = low; row < count && e.at(row) == entity; row++) {
      int code = next == null ? code(row) : (int) codes.at(row);
      int rank = next == null ? rank(code, row) : next[code]++;
      if (facts.wants(attributes[code])) {
        give(code, rank, facts);
      }
    }
  }

  /// As [valence.engine.index.Run#find], of AEVT and of these rows alone, which are those where the
  /// first of the entities stands if it does.
  ///
  /// @param next   the first of the entities
  /// @param limit  behind the last of them
  /// @param isLast whether no rows come behind these
  /// @return the first entity that may stand in rows behind these, or the limit
  int find(
      int attribute,
      long[] entities,
      int next,
      int limit,
      boolean isLast,
      boolean withValues,
      Found found) {
    int code = Arrays.binarySearch(attributes, attribute);
    if (code < 0 || starts == null) {
      return isLast ? limit : next + 1;
    }
    ValueColumn column = values[code];
    int first = starts[code];
    int end = starts[code + 1];
    int row = first;
    for (int i = next; i < limit; i++) {
      long entity = entities[i];
      row = e.seek(row, end, entity, false);
      if (row == end) {
        return isLast || end < count ? limit : Math.max(i, next + 1);
      }
      if (e.at(row) == entity) {
        Object object = withValues ? column.object(row - first) : null;
        found.value(i, withValues && object == null ? column.key(row - first) : 0, object);
      }
    }
    return limit;
  }

  private void give(int code, int rank, Facts facts) {
    Object object = values[code].object(rank);
    facts.fact(attributes[code], object == null ? values[code].key(rank) : 0, object);
  }

  /// Times are read in one go, for most rows of a history aren't shown.
  private void visitTimed(int low, int high, long since, long asOf, Facts facts) {
    long[] said = new long[high - low];
    from.read(low, high, said, 0);
    long[] ends = null;
    if (to != null) {
      ends = new long[high - low];
      to.read(low, high, ends, 0);
    }
    for (int i = 0; i < said.length; i++) {
      if (said[i] > since & said[i] <= asOf & (ends == null || ends[i] > asOf)) {
        int code = code(low + i);
        if (facts.wants(attributes[code])) {
          give(code, rank(code, low + i), facts);
        }
      }
    }
  }

  long said(int row) {
    return from.at(row);
  }

  /// How many rows of each attribute lie before a row.
  private int[] ranksBefore(int row) {
    int width = attributes.length;
    int[] before = new int[width];
    int sample = (row >>> sampleShift) * width;
    for (int k = 0; k < width; k++) {
      before[k] = ranks[sample + k];
    }
    for (int i = row >>> sampleShift << sampleShift; i < row; i++) {
      before[(int) codes.at(i)]++;
    }
    return before;
  }

  /// The key of a row's value.
  long key(int code, int row) {
    return keys != null ? keys.at(row) : values[code].key(rank(code, row));
  }

  /// The value of a row; null when its key says everything.
  @Nullable Object object(int code, int row) {
    return keys != null ? null : values[code].object(rank(code, row));
  }

  /// The value that was read of an attribute's row; null when its key says everything.
  @Nullable Object objectOf(int code, int objectCode) {
    return keys != null ? null : values[code].objectOf(objectCode);
  }

  /// Bytes in memory beside the stored ones, about.
  long heapBytes() {
    long bytes = 128 + 4L * attributes.length + 2L * ranks.length + 5 * LongColumn.HEAP_BYTES;
    for (ValueColumn column : values) {
      bytes += column.heapBytes();
    }
    return bytes;
  }

  /// Each column on a line of its own.
  void describe(StringBuilder text) {
    text.append("  attributes ").append(Arrays.toString(attributes)).append('\n');
    text.append("  a     ").append(codes.describe()).append('\n');
    text.append("  e     ").append(e.describe()).append('\n');
    text.append("  from  ").append(from.describe()).append('\n');
    if (to != null) {
      text.append("  to    ").append(to.describe()).append('\n');
    }
    if (keys != null) {
      text.append("  v     ").append(keys.describe()).append('\n');
    }
    for (int i = 0; i < values.length; i++) {
      text.append("  v of ").append(attributes[i]).append(": ").append(values[i].describe());
      text.append('\n');
    }
  }
}
