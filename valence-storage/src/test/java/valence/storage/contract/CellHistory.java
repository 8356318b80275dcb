package valence.storage.contract;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What several threads did to one ref at the same time, and whether an order of it explains what
/// they saw: one that keeps to time (who ended before another began comes first) and in which each
/// call answers as if it were alone (Herlihy and Wing, "Linearizability", 1990).
///
/// The search is that of Wing and Gong: take any call that began before the first end of those not
/// taken yet, and go on; what was taken and what the ref holds then is tried once. Its cost grows
/// with how many calls overlap, not with how many there are.
///
/// A ref is seen through its values, each of which is set once: [#NOTHING] is that of an absent
/// one, and the version compared with is told by the value that had it.
record CellHistory(List<Call> calls) {
  static final int NOTHING = 0;

  /// Whether the call found what it compared with, or what a get saw.
  sealed interface Deed {
    record Get(int seen) implements Deed {}

    record Set(int expected, int value, boolean done) implements Deed {}

    record Delete(int expected, boolean done) implements Deed {}
  }

  /// @param begin moment of the call, `end` of its return, on one clock of all threads
  record Call(long begin, long end, Deed deed) {}

  private record Tried(BitSet taken, int value) {}

  CellHistory {
    calls = List.copyOf(calls);
  }

  boolean isLinearizable() {
    return canGoOn(new BitSet(), NOTHING, new HashSet<>());
  }

  private boolean canGoOn(BitSet taken, int value, Set<Tried> tried) {
    if (taken.cardinality() == calls.size()) {
      return true;
    }
    if (!tried.add(new Tried((BitSet) taken.clone(), value))) {
      return false;
    }
    long firstEnd = Long.MAX_VALUE;
    for (int i = taken.nextClearBit(0); i < calls.size(); i = taken.nextClearBit(i + 1)) {
      firstEnd = Math.min(firstEnd, calls.get(i).end());
    }
    for (int i = taken.nextClearBit(0); i < calls.size(); i = taken.nextClearBit(i + 1)) {
      Call call = calls.get(i);
      if (call.begin() <= firstEnd && answers(call.deed(), value)) {
        taken.set(i);
        if (canGoOn(taken, after(call.deed(), value), tried)) {
          return true;
        }
        taken.clear(i);
      }
    }
    return false;
  }

  private static boolean answers(Deed deed, int value) {
    return switch (deed) {
      case Deed.Get(int seen) -> seen == value;
      case Deed.Set(int expected, int _, boolean done) -> done == (expected == value);
      case Deed.Delete(int expected, boolean done) ->
        done == (expected == value && value != NOTHING);
    };
  }

  private static int after(Deed deed, int value) {
    return switch (deed) {
      case Deed.Get _ -> value;
      case Deed.Set(int _, int set, boolean done) -> done ? set : value;
      case Deed.Delete(int _, boolean done) -> done ? NOTHING : value;
    };
  }
}
