package valence.client;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// Operations called within a time, and called again where that is safe and may help. Safe for many
/// threads.
///
/// Every call has an id and a deadline, which go with it: the node stops what nobody waits for any
/// more. A call that the node refused without doing anything is made again, after a pause drawn at
/// random from nothing to a bound that doubles (full jitter: those that were refused together don't
/// come back together). One whose outcome is unknown is made again if it can do no harm.
///
/// Source: M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015.
final class Requests {
  /// Whether a call may be made again when nobody knows whether it was done.
  enum Harm {
    /// It changes nothing, or carries an id by which it is done once.
    NONE,
    /// It would be done twice.
    POSSIBLE
  }

  /// How many calls of a client are under way at once; the others wait for their turn.
  static final int CALLS_MAX = 64;

  /// How long a node that can't be reached is tried.
  private static final Duration REACH_MAX = Duration.ofSeconds(5);

  private static final long PAUSE_FIRST_MILLIS = 25;
  private static final long PAUSE_MILLIS_MAX = 2_000;
  private static final Keyword TIMEOUT = Keyword.intern("timeout");
  private static final Keyword CALL_ID = Keyword.intern("call-id");

  /// How long the answer may take beyond the deadline: the node's own anomaly says more.
  private static final Duration MARGIN = Duration.ofSeconds(5);

  /// What is answered before anything is done.
  private static final Set<String> REFUSALS =
      Set.of("node.error/overloaded", "node.error/not-serving", "access.error/over-limit");

  /// The node has no room for one more answer that lasts.
  private static final String NOT_ROOM = "live.error/too-many";

  private final NodeClient node;
  private final Semaphore places = new Semaphore(CALLS_MAX, true);

  Requests(NodeClient node) {
    this.node = node;
  }

  /// The value that the node answers; its anomaly is thrown.
  @Nullable Object call(
      String operation, Map<Keyword, @Nullable Object> request, Duration timeout, Harm harm) {
    return repeated(timeout, harm, left -> {
      Map<Keyword, @Nullable Object> timed = new HashMap<>(request);
      timed.put(TIMEOUT, left.toMillis());
      acquire(left);
      try {
        return node.call(operation, timed);
      } finally {
        places.release();
      }
    });
  }

  /// What a request for chunks comes to.
  ///
  /// @param deadline whether the timeout holds for all of the answer, instead of its beginning
  NodeClient.Answered open(
      String operation,
      Map<Keyword, @Nullable Object> request,
      UUID id,
      Duration timeout,
      boolean deadline) {
    return this.<NodeClient.Answered>repeated(timeout, Harm.NONE, left -> {
      Map<Keyword, @Nullable Object> timed = new HashMap<>(request);
      if (deadline) {
        timed.put(TIMEOUT, left.toMillis());
      }
      timed.put(CALL_ID, id);
      acquire(left);
      try {
        return node.open(operation, timed, left.plus(MARGIN));
      } catch (AnomalyException e) {
        if (e.anomaly().category() == Anomaly.Category.INTERRUPTED) {
          node.cancel(id);
        }
        throw e;
      } finally {
        places.release();
      }
    });
  }

  /// What a node tells as it happens, once it has begun to.
  ///
  /// @param timeout until then; the request may have one of its own
  NodeClient.Told listen(
      String operation, Map<Keyword, @Nullable Object> request, Duration timeout) {
    return this.<NodeClient.Told>repeated(timeout, Harm.NONE, left -> {
      acquire(left);
      try {
        return node.listen(operation, request, left.plus(MARGIN));
      } finally {
        places.release();
      }
    });
  }

  NodeClient node() {
    return node;
  }

  private <T extends @Nullable Object> T repeated(
      Duration timeout, Harm harm, Function<Duration, T> call) {
    long begin = System.nanoTime();
    for (int tries = 0; ; tries++) {
      Duration left = timeout.minusNanos(System.nanoTime() - begin);
      try {
        return call.apply(left.toMillis() < 1 ? Duration.ofMillis(1) : left);
      } catch (AnomalyException e) {
        long pause = pause(tries).toMillis();
        Duration spent = Duration.ofNanos(System.nanoTime() - begin).plusMillis(pause);
        if (spent.compareTo(timeout) >= 0 || !isWorthwhile(e.anomaly(), harm, spent)) {
          throw e;
        }
        pause(pause, e);
      }
    }
  }

  /// Whether what failed may come about when it is tried again for longer, as with a node that is
  /// started again.
  static boolean isPassing(Anomaly anomaly) {
    if (anomaly.error().isEmpty()) {
      return anomaly.category() == Anomaly.Category.UNAVAILABLE;
    }
    Keyword error = anomaly.error().get();
    String name = error.getNamespace() + "/" + error.getName();
    return REFUSALS.contains(name)
        || name.equals(NOT_ROOM)
        || name.equals(NodeClient.NOT_REACHED)
        || name.equals(NodeClient.OUTCOME_UNKNOWN);
  }

  /// A pause drawn at random from nothing to a bound that doubles.
  static Duration pause(int tries) {
    long bound = Math.min(PAUSE_MILLIS_MAX, PAUSE_FIRST_MILLIS << Math.min(tries, 10));
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(bound + 1));
  }

  private static boolean isWorthwhile(Anomaly anomaly, Harm harm, Duration spent) {
    Keyword error = anomaly.error().orElse(null);
    if (error == null) {
      // From a node that drains, whose server answers for it.
      return anomaly.category() == Anomaly.Category.UNAVAILABLE
          && anomaly.data().containsKey(NodeClient.STATUS);
    }
    String name = error.getNamespace() + "/" + error.getName();
    return REFUSALS.contains(name)
        || name.equals(NodeClient.NOT_REACHED) && spent.compareTo(REACH_MAX) < 0
        || name.equals(NodeClient.OUTCOME_UNKNOWN) && harm == Harm.NONE;
  }

  private void acquire(Duration left) {
    try {
      if (places.tryAcquire(left.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    throw Anomaly.of(
            Anomaly.Category.BUSY,
            "This client has " + CALLS_MAX + " calls under way, and none ended in time.",
            "Ask less at once, or give calls more time.")
        .toException();
  }

  private static void pause(long millis, AnomalyException why) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      e.addSuppressed(why);
      throw interrupted(e);
    }
  }

  private static AnomalyException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return Anomaly.of(
            Anomaly.Category.INTERRUPTED, "The call was interrupted while it waited for its turn.")
        .toException(e);
  }
}
