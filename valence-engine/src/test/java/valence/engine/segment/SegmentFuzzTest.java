package valence.engine.segment;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.store.BlobId;
import valence.testing.Fuzz;

/// Segments of the index that aren't what was written, with a checksum that agrees.
final class SegmentFuzzTest {
  @ParameterizedTest
  @EnumSource(Order.class)
  void segments(Order order) {
    List<byte[]> written = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(order.ordinal());
    for (boolean compresses : new boolean[] {true, false}) {
      DamageTest.segments(order, compresses, random)
          .blobs
          .values()
          .forEach(bytes -> written.add(DamageTest.copy(bytes)));
    }
    BlobId id = BlobId.of(ByteBuffer.wrap(written.getFirst()));
    Fuzz.ofStored("segment-" + order, 500).runBytes(written, input -> {
      if (input.length >= Envelope.HEADER_BYTES) {
        DamageTest.sign(input);
      }
      Segment segment = Segment.read(id, ByteBuffer.wrap(input));
      segment.inspect();
      if (segment instanceof Leaf leaf) {
        SegmentTree tree =
            new SegmentTree(leaf.order(), leaf.closed(), id, leaf.rowCount(), _ -> segment);
        RowsOfAllTypes.read(tree.cursor(Range.ALL));
      }
    });
  }
}
