package valence.storage.embedded;

import java.util.ArrayList;
import java.util.List;

/// What a process knows of one log.
sealed interface LogState {
  /// Nothing yet: its files have to be read.
  record Unread() implements LogState {}

  /// What would survive the loss of power, and so all that a reader may see.
  sealed interface Durable extends LogState {
    /// The position of the next record.
    long next();

    /// The same, when nothing is allocated behind the last record any more.
    Durable cut();
  }

  /// No record.
  record Empty() implements Durable {
    @Override
    public long next() {
      return 0;
    }

    @Override
    public Empty cut() {
      return this;
    }
  }

  /// Segments, each of which ends where the next one begins, whatever its file has behind that.
  ///
  /// @param firsts    the first positions of the segments, ascending
  /// @param end       the offset in the last segment where the next frame goes
  /// @param allocated up to where the last segment has zeros behind its end
  record Written(List<Long> firsts, Segment last, long next, long end, long allocated)
      implements Durable {
    public Written {
      firsts = List.copyOf(firsts);
      assert firsts.getLast() == last.first() : firsts;
      assert last.first() <= next && end <= allocated : next + ", " + end + ", " + allocated;
    }

    @Override
    public Written cut() {
      return new Written(firsts, last, next, end, end);
    }

    Written with(long newEnd, long newAllocated) {
      return new Written(firsts, last, next + 1, newEnd, newAllocated);
    }

    /// With one more segment, in which there is no record yet.
    Written with(Segment segment) {
      List<Long> more = new ArrayList<>(firsts);
      more.add(segment.first());
      return new Written(more, segment, next, Segment.HEADER_BYTES, Segment.HEADER_BYTES);
    }
  }

  /// An append failed: the files may hold more than `durable`, of which nobody was told.
  record Failed(Durable durable, Throwable cause) implements LogState {}
}
