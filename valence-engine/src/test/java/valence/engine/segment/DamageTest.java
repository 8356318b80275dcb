package valence.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.segment.RowsOfAllTypes.Row;
import valence.engine.store.BlobId;

class DamageTest {
  private static final TreeShape SMALL = new TreeShape(200 * PendingRows.ROW_WEIGHT, 8);

  static MemorySegments segments(Order order, boolean compresses, SplittableRandom random) {
    RowsOfAllTypes rows = new RowsOfAllTypes(random, 50);
    TreeSet<Row> all = new TreeSet<>(RowsOfAllTypes.comparator(order, 4));
    while (all.size() < 1_000) {
      all.add(rows.row(order, true));
    }
    MemorySegments segments = new MemorySegments(compresses);
    new TreeMerge(
            SegmentTree.empty(order, true, segments),
            rows.cursor(new ArrayList<>(all), true),
            SegmentCursor.NOTHING,
            segments,
            SMALL)
        .run();
    return segments;
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void aDamagedSegmentIsAFaultThatNamesIt(Order order) {
    long seed = 11 + order.ordinal();
    SplittableRandom random = new SplittableRandom(seed);
    MemorySegments segments = segments(order, true, random);
    segments.blobs.forEach((id, bytes) -> {
      for (int i = 0; i < 300; i++) {
        byte[] damaged = copy(bytes);
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        assertFault(id, ByteBuffer.wrap(damaged), "seed " + seed);
        ByteBuffer shorter = ByteBuffer.wrap(copy(bytes), 0, random.nextInt(bytes.limit()));
        assertFault(id, shorter, "seed " + seed);
      }
    });
  }

  private static void assertFault(BlobId id, ByteBuffer bytes, String where) {
    AnomalyException fault = null;
    try {
      Segment.read(id, bytes);
    } catch (AnomalyException e) {
      fault = e;
    }
    if (fault == null) {
      fail("read a damaged segment, " + where);
    }
    assertEquals(Anomaly.Category.FAULT, fault.anomaly().category(), where);
    assertThat(fault.anomaly().message()).contains(id.hex());
  }

  /// What the checksum would stop: bodies that somebody made so. Reading them may succeed, and may
  /// yield nonsense, but fails with nothing but a fault.
  @ParameterizedTest
  @EnumSource(Order.class)
  void aForgedSegmentIsReadOrAFault(Order order) {
    long seed = 21 + order.ordinal();
    SplittableRandom random = new SplittableRandom(seed);
    MemorySegments segments = segments(order, random.nextBoolean(), random);
    segments.blobs.forEach((id, bytes) -> {
      for (int i = 0; i < 1_000; i++) {
        byte[] forged = copy(bytes);
        for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
          int at = random.nextInt(3) == 0
              ? random.nextInt(Math.min(forged.length, 150))
              : random.nextInt(forged.length);
          forged[at] = (byte) random.nextInt();
        }
        sign(forged);
        try {
          Segment segment = Segment.read(id, ByteBuffer.wrap(forged));
          segment.inspect();
          if (segment instanceof Leaf leaf) {
            SegmentTree tree =
                new SegmentTree(leaf.order(), leaf.closed(), id, leaf.rowCount(), _ -> segment);
            RowsOfAllTypes.read(tree.cursor(Range.ALL));
          }
        } catch (AnomalyException e) {
          assertEquals(Anomaly.Category.FAULT, e.anomaly().category());
        } catch (RuntimeException | Error e) {
          fail("seed " + seed + ", attempt " + i, e);
        }
      }
    });
  }

  static void sign(byte[] segment) {
    CRC32C crc = new CRC32C();
    crc.update(segment, 0, 32);
    crc.update(segment, Envelope.HEADER_BYTES, segment.length - Envelope.HEADER_BYTES);
    ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN).putInt(32, (int) crc.getValue());
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void aMissingOrSwappedSegmentIsAFault(Order order) {
    SplittableRandom random = new SplittableRandom(5);
    MemorySegments segments = segments(order, false, random);
    var ids = new ArrayList<>(segments.blobs.keySet());
    BlobId root = ids.getLast();
    assertEquals(1_000, read(order, root, segments).size());
    ByteBuffer first = segments.blobs.get(ids.get(0));
    assertThat(first).isNotNull();
    segments.blobs.put(ids.get(1), segments.blobs.get(root));
    assertThatThrownBy(() -> read(order, root, segments))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining(ids.get(1).hex());
    segments.blobs.remove(ids.get(1));
    assertThatThrownBy(() -> read(order, root, segments))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining(ids.get(1).hex());
  }

  /// Reads by a tree that remembers no segment.
  private static List<String> read(Order order, BlobId root, MemorySegments segments) {
    SegmentTree tree = new SegmentTree(order, true, root, 1_000, segments);
    return RowsOfAllTypes.read(tree.cursor(Range.ALL));
  }

  static byte[] copy(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.limit()];
    bytes.duplicate().get(copy);
    return copy;
  }
}
