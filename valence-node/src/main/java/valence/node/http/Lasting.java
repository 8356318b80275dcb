package valence.node.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// Answers of a door that last until somebody ends them, such as streams of events: so many at
/// once, and all ended before the door closes, so that who reads one comes again. Safe for many
/// threads.
public final class Lasting implements AutoCloseable {
  /// How many may last at once at one door; fewer than it takes connections.
  public static final int ANSWERS_MAX = 1_000;

  private final String error;
  private final AtomicInteger count = new AtomicInteger();
  private final Set<Place> places = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  /// @param error of the anomaly when there are too many
  public Lasting(String error) {
    this.error = error;
  }

  /// One answer's place; to be closed when the answer has ended.
  public final class Place implements AutoCloseable {
    private final Runnable end;

    private Place(Runnable end) {
      this.end = end;
    }

    /// Whether the answer is to end now, because the node does.
    public boolean isToEnd() {
      return closing;
    }

    @Override
    public void close() {
      if (places.remove(this)) {
        count.decrementAndGet();
      }
    }
  }

  /// A place for one more answer; `busy` when there is none, `unavailable` when the node ends.
  ///
  /// @param end lets the answer end soon; may be called at any time until the place is closed
  public Place begin(Runnable end) {
    if (count.incrementAndGet() > ANSWERS_MAX) {
      count.decrementAndGet();
      throw Anomaly.of(
              Anomaly.Category.BUSY,
              ANSWERS_MAX + " answers that last are being sent already, as many as may be.",
              "Try again, more slowly.")
          .withError(error)
          .toException();
    }
    Place place = new Place(end);
    places.add(place);
    if (closing) {
      place.close();
      throw ending();
    }
    return place;
  }

  private static AnomalyException ending() {
    return Anomaly.of(Anomaly.Category.UNAVAILABLE, "The node is shutting down.", "Try again.")
        .withError("node.error/not-serving")
        .toException();
  }

  /// Lets all of them end.
  @Override
  public void close() {
    closing = true;
    places.forEach(place -> place.end.run());
  }
}
