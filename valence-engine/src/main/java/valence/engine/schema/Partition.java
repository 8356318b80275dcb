package valence.engine.schema;

/// Entity ids: the partition in bits 42 to 61, an index below.
public final class Partition {
  private static final int SHIFT = 42;
  private static final long INDEX_MASK = (1L << SHIFT) - 1;

  /// Attributes, types and other parts of the schema.
  public static final int DB = 0;
  /// Transaction entities; the index is the t.
  public static final int TX = 3;
  /// Everything else.
  public static final int USER = 4;

  private Partition() {}

  public static long entity(int partition, long index) {
    return ((long) partition << SHIFT) | index;
  }

  public static int partition(long entity) {
    return (int) (entity >>> SHIFT);
  }

  public static long index(long entity) {
    return entity & INDEX_MASK;
  }

  /// The entity id of a transaction.
  public static long tx(long t) {
    return entity(TX, t);
  }

  /// The t of a transaction's entity id, or of a t itself.
  public static long t(long tx) {
    return tx & INDEX_MASK;
  }
}
