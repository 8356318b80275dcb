package valence.node.access;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import valence.api.Anomaly;
import valence.wire.access.Signature;

/// The signatures seen of late, so that none is taken twice. Safe for many threads.
///
/// Those of one slice of time are forgotten together, once their time is too long ago for them to
/// be taken anyway. A signature costs 16 bytes, in a table at most half full. When as many as
/// [#COUNT_MAX] are remembered the next is refused with `busy`: forgetting one would let it in
/// again.
final class Nonces {
  /// A node takes 33,000 signed requests a second for as long as it likes.
  static final int COUNT_MAX = 4_000_000;

  private static final long SLICE_MILLIS = 5_000;
  private static final int SLOT_COUNT_FIRST = 256;

  /// The signatures whose time is in one slice, in open addressing; two zeros are a free place.
  private static final class Slice {
    final long number;
    long[] slots = new long[2 * SLOT_COUNT_FIRST];
    int count;

    Slice(long number) {
      this.number = number;
    }

    boolean add(long high, long low) {
      if (4 * count >= slots.length) {
        grow();
      }
      int at = place(slots, high, low);
      if (slots[at] == high && slots[at + 1] == low) {
        return false;
      }
      slots[at] = high;
      slots[at + 1] = low;
      count++;
      return true;
    }

    private void grow() {
      long[] larger = new long[2 * slots.length];
      for (int i = 0; i < slots.length; i += 2) {
        if ((slots[i] | slots[i + 1]) != 0) {
          int at = place(larger, slots[i], slots[i + 1]);
          larger[at] = slots[i];
          larger[at + 1] = slots[i + 1];
        }
      }
      slots = larger;
    }

    /// Where a signature is, or the free place for it. They are random already.
    private static int place(long[] slots, long high, long low) {
      int mask = slots.length / 2 - 1;
      int slot = (int) high & mask;
      while (true) {
        long foundHigh = slots[2 * slot];
        long foundLow = slots[2 * slot + 1];
        if ((foundHigh | foundLow) == 0 || foundHigh == high && foundLow == low) {
          return 2 * slot;
        }
        slot = slot + 1 & mask;
      }
    }
  }

  private final int countMax;
  private final Deque<Slice> slices = new ArrayDeque<>(); // guarded by this
  private int count; // guarded by this

  Nonces(int countMax) {
    this.countMax = countMax;
  }

  /// Remembers a signature; false when it was seen before. `busy` when there are too many.
  synchronized boolean add(Signature signature, long nowMillis) {
    forget(nowMillis);
    if (count >= countMax) {
      throw Anomaly.of(
              Anomaly.Category.BUSY,
              "The node remembers " + count + " signed requests, as many as it may.",
              "Try again, more slowly.")
          .toException();
    }
    String mac = signature.mac();
    boolean added = slice(signature.timeMillis() / SLICE_MILLIS)
        .add(
            HexFormat.fromHexDigitsToLong(mac, 0, 16),
            1 | HexFormat.fromHexDigitsToLong(mac, 16, 32));
    if (added) {
      count++;
    }
    return added;
  }

  private Slice slice(long number) {
    for (Slice slice : slices) {
      if (slice.number == number) {
        return slice;
      }
    }
    Slice made = new Slice(number);
    slices.addLast(made);
    return made;
  }

  private void forget(long nowMillis) {
    long first = (nowMillis - Signature.SKEW_MILLIS_MAX) / SLICE_MILLIS;
    slices.removeIf(slice -> {
      if (slice.number < first) {
        count -= slice.count;
        return true;
      }
      return false;
    });
  }
}
