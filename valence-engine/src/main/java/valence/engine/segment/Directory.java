package valence.engine.segment;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Order;
import valence.engine.index.Rows;
import valence.engine.store.BlobId;

/// The segments one level below, in order: the first row of each, and how many rows lie below.
public final class Directory implements Segment {
  static final int CHILDREN_MAX = 256;

  private static final int ID_BYTES = 32;

  /// Above this the tree would hold more rows than a long counts.
  private static final int LEVEL_MAX = 8;

  private final BlobId id;
  private final int level;
  private final boolean closed;
  private final Order order;
  private final Rows firsts;
  private final BlobId[] ids;
  private final long[] ends;
  private final long[] bytes;

  /// The children that were read, as long as somebody keeps them. Threads may overwrite each
  /// other's.
  private final @Nullable WeakReference<@Nullable Segment>[] known;

  @SuppressWarnings({"unchecked", "rawtypes"}) // arrays know no type parameters
  private Directory(
      BlobId id,
      int level,
      boolean closed,
      Order order,
      Rows firsts,
      BlobId[] ids,
      long[] ends,
      long[] bytes) {
    this.id = id;
    this.level = level;
    this.closed = closed;
    this.order = order;
    this.firsts = firsts;
    this.ids = ids;
    this.ends = ends;
    this.bytes = bytes;
    this.known = new WeakReference[ids.length];
  }

  /// A child that was read and is still there.
  @Nullable Segment known(int child) {
    WeakReference<@Nullable Segment> reference = known[child];
    return reference == null ? null : reference.get();
  }

  /// Remembers a child, which has been found to be what this says of it.
  void know(int child, Segment segment) {
    if (known(child) != segment) {
      known[child] = new WeakReference<>(segment);
    }
  }

  static Directory read(BlobId id, Envelope.Opened opened) {
    Envelope envelope = opened.envelope();
    Input in = opened.body();
    int count = envelope.entries();
    if (count == 0 || count > CHILDREN_MAX || envelope.level() > LEVEL_MAX) {
      throw in.damaged("a directory of level " + envelope.level() + " has " + count + " children");
    }
    RowBlock block = RowBlock.read(in, envelope.order(), false, count);
    LongColumn rows = LongColumn.read(in, count);
    LongColumn below = LongColumn.read(in, count);
    BlobId[] ids = new BlobId[count];
    byte[] hash = new byte[ID_BYTES];
    long[] ends = new long[count];
    long[] bytes = new long[count];
    long end = 0;
    for (int i = 0; i < count; i++) {
      in.bytes().get(in.skip(ID_BYTES), hash);
      ids[i] = new BlobId(HexFormat.of().formatHex(hash));
      if (rows.at(i) <= 0 || rows.at(i) > envelope.rows() - end || below.at(i) < 0) {
        throw in.damaged("a child has " + rows.at(i) + " rows");
      }
      end += rows.at(i);
      ends[i] = end;
      bytes[i] = below.at(i);
    }
    in.expectEnd();
    if (end != envelope.rows()) {
      throw in.damaged("its children have " + end + " of " + envelope.rows() + " rows");
    }
    return new Directory(
        id, envelope.level(), envelope.closed(), envelope.order(), plain(block), ids, ends, bytes);
  }

  /// Separators are searched all the time, so they are decoded.
  private static Rows plain(RowBlock block) {
    int count = block.count;
    Batch batch = new Batch();
    new Chunk(block).fill(block, 0, count, Batch.ALL, batch);
    @Nullable Object[] objects = null;
    for (int i = 0; i < count; i++) {
      Object object = batch.object(i);
      if (object != null) {
        objects = objects == null ? new Object[count] : objects;
        objects[i] = object;
      }
    }
    return new Rows(count, batch.e, batch.a, batch.v, objects, batch.t, null);
  }

  static ByteBuffer write(
      int level, Order order, boolean closed, List<Child> children, boolean compress) {
    int count = children.size();
    RowsBuilder firsts = new RowsBuilder(count, false);
    long[] rows = new long[count];
    long[] below = new long[count];
    long sum = 0;
    for (int i = 0; i < count; i++) {
      Child child = children.get(i);
      firsts.append(child.first(), child.at(), child.at() + 1);
      rows[i] = child.rows();
      below[i] = child.bytes();
      sum += child.rows();
    }
    Output body = new Output();
    new BlockWriter(firsts.rows(), 0, count, body).write(order);
    ColumnWriter.write(rows, count, body);
    ColumnWriter.write(below, count, body);
    for (Child child : children) {
      body.put(HexFormat.of().parseHex(child.id().hex()), 0, ID_BYTES);
    }
    return new Envelope(level, order, closed, sum, count).seal(body, compress);
  }

  @Override
  public BlobId id() {
    return id;
  }

  @Override
  public Order order() {
    return order;
  }

  @Override
  public boolean closed() {
    return closed;
  }

  /// One above that of the children; leaves are of level zero.
  public int level() {
    return level;
  }

  @Override
  public long rowCount() {
    return ends[ends.length - 1];
  }

  public int childCount() {
    return ids.length;
  }

  public BlobId childId(int child) {
    return ids[child];
  }

  /// How many rows lie below the children before a child.
  long rowsBefore(int child) {
    return child == 0 ? 0 : ends[child - 1];
  }

  /// The child in which the position of a bound lies.
  int childOf(Bound bound, boolean past) {
    return Math.max(0, firsts.seek(order, bound, past) - 1);
  }

  /// The child in which the first row of an entity may lie, of EAVT.
  int childOfEntity(long entity) {
    long[] e = firsts.e();
    int low = 1;
    int high = ids.length;
    // Invariant: children [0, low) begin below the entity, save the first; children [high, …)
    // don't.
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (e[middle] < entity) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /// The entity of the first row behind those of a child; `otherwise` behind the last child.
  long entityBehind(int child, long otherwise) {
    return child + 1 < ids.length ? firsts.e()[child + 1] : otherwise;
  }

  /// The first of the children after `present` in which a bound's position may lie, given that it
  /// isn't in that one; the number of children when they all end before it.
  int childAfter(int present, Bound bound) {
    int low = present + 1;
    int step = 1;
    // Gallops: what is sought lies near most often.
    while (low + step <= ids.length && firsts.compare(order, low + step - 1, bound) < 0) {
      low += step;
      step *= 4;
    }
    int high = Math.min(low + step - 1, ids.length);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (firsts.compare(order, middle, bound) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    // Children up to low - 1 begin below the bound: the last of them may hold the position.
    return low - 1 > present ? low - 1 : low;
  }

  /// The first child whose rows end behind the rank; the last one when none does.
  int childOf(long rank) {
    int low = 0;
    int high = ends.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle] <= rank) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The children as entries of a directory to be written.
  List<Child> children() {
    Batch batch = new Batch();
    batch.show(firsts, 0, firsts.count());
    List<Child> children = new ArrayList<>(ids.length);
    for (int i = 0; i < ids.length; i++) {
      children.add(new Child(batch, i, ids[i], ends[i] - rowsBefore(i), bytes[i]));
    }
    return children;
  }

  /// The same directory, encoded, of the same children under other ids.
  ///
  /// @param renamed by position
  public ByteBuffer encoded(List<BlobId> renamed, boolean compress) {
    List<Child> children = children();
    for (int i = 0; i < children.size(); i++) {
      Child child = children.get(i);
      children.set(
          i, new Child(child.first(), child.at(), renamed.get(i), child.rows(), child.bytes()));
    }
    return write(level, order, closed, children, compress);
  }

  @Override
  public long heapBytes() {
    long objects = firsts.o() == null ? 0 : 64;
    return 256 + ids.length * (28 + 16 + 128 + 56 + objects);
  }

  @Override
  public String inspect() {
    StringBuilder text = new StringBuilder();
    text.append("directory ").append(id).append('\n');
    text.append("  ").append(order).append(closed ? " past, " : " current, ");
    text.append(rowCount()).append(" rows in ").append(ids.length).append(" children of level ");
    text.append(level - 1).append('\n');
    for (int i = 0; i < ids.length; i++) {
      text.append("  ").append(ids[i]).append(' ').append(ends[i] - rowsBefore(i));
      text.append(" rows, ")
          .append(bytes[i])
          .append(" bytes, from e ")
          .append(firsts.e()[i]);
      text.append(" a ").append(firsts.a()[i]).append(" v ");
      Object object = firsts.object(i);
      text.append(object == null ? (Object) firsts.v()[i] : object.getClass().getSimpleName());
      text.append(" t ").append(firsts.from()[i]).append('\n');
    }
    return text.toString();
  }
}
