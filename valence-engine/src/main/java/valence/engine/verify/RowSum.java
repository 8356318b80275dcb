package valence.engine.verify;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import valence.engine.value.ValueWriter;

/// The number of rows of a set, and the sum of their hashes, which is the same in whatever order
/// they come. 128 bits: that two sets agree by chance needn't be feared. For one thread.
final class RowSum {
  private static final long FIRST_SEED = 0x9E3779B97F4A7C15L;
  private static final long SECOND_SEED = 0xC2B2AE3D27D4EB4FL;
  private static final long BYTE_PRIME = 0x100000001B3L;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ValueWriter writer = new ValueWriter(bytes);
  private long rows;
  private long first;
  private long second;

  void add(long e, int a, long v, @Nullable Object o, long from, long to) {
    change(1, e, a, v, o, from, to);
  }

  void subtract(long e, int a, long v, @Nullable Object o, long from, long to) {
    change(-1, e, a, v, o, from, to);
  }

  private void change(int by, long e, int a, long v, @Nullable Object o, long from, long to) {
    long content = content(o);
    rows += by;
    first += by * hash(FIRST_SEED, e, a, v, content, from, to);
    second += by * hash(SECOND_SEED, e, a, v, content, from, to);
  }

  private long content(@Nullable Object value) {
    if (value == null) {
      return 0;
    }
    bytes.reset();
    writer.content(ValueWriter.typeOf(value), value);
    long hash = ValueWriter.typeOf(value).id();
    for (byte b : bytes.toByteArray()) {
      hash = (hash ^ b) * BYTE_PRIME;
    }
    return mixed(hash);
  }

  private static long hash(long seed, long e, long a, long v, long content, long from, long to) {
    long hash = mixed(seed ^ e);
    hash = mixed(hash + a * FIRST_SEED);
    hash = mixed(hash ^ v);
    hash = mixed(hash + content);
    hash = mixed(hash ^ from);
    return mixed(hash + to * SECOND_SEED);
  }

  /// Each bit of the result depends on all of the number: the finisher of splitmix64.
  private static long mixed(long number) {
    long z = (number ^ (number >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  void addAll(RowSum other) {
    rows += other.rows;
    first += other.first;
    second += other.second;
  }

  long rows() {
    return rows;
  }

  boolean isSame(RowSum other) {
    return rows == other.rows && first == other.first && second == other.second;
  }
}
