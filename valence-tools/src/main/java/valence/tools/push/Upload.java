package valence.tools.push;

import static valence.api.Valence.kw;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.client.NodeClient;

/// Takes artifacts to a system that lacks them, a few at a time.
///
/// What arrived stays there, whatever becomes of the rest: after a broken connection the system is
/// asked again what it lacks, and only that goes once more, here or in a later push.
final class Upload {
  /// How many artifacts are under way at a time; as many as a node takes.
  static final int PARALLEL_COUNT = 4;

  /// How often an artifact is sent before the push gives up.
  static final int ATTEMPT_COUNT_MAX = 4;

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final NodeClient node;
  private final Consumer<String> progress;

  Upload(NodeClient node, Consumer<String> progress) {
    this.node = node;
    this.progress = progress;
  }

  /// The ids of those that the system lacks, in the given order.
  Set<String> missing(List<String> ids) {
    Set<String> missing = new LinkedHashSet<>();
    if (!ids.isEmpty()
        && node.call("missing-artifacts", Map.of(kw("ids"), ids)) instanceof Iterable<?> all) {
      all.forEach(id -> missing.add(String.valueOf(id)));
    }
    return missing;
  }

  /// Uploads what the system lacks; the ids of what went there. Fails with the first failure, when
  /// all that was under way has ended.
  Set<String> run(List<Jar> jars) {
    Set<String> missing = missing(jars.stream().map(Jar::id).distinct().toList());
    Map<String, Jar> toMove = new LinkedHashMap<>();
    jars.stream().filter(jar -> missing.contains(jar.id())).forEach(jar -> {
      toMove.putIfAbsent(jar.id(), jar);
    });
    long total =
        toMove.values().stream().mapToLong(jar -> jar.artifact().size()).sum();
    AtomicLong done = new AtomicLong();
    Set<String> moved = ConcurrentHashMap.newKeySet();
    Semaphore lanes = new Semaphore(PARALLEL_COUNT);
    List<Future<?>> tasks = new ArrayList<>();
    try (ExecutorService uploads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Jar jar : toMove.values()) {
        tasks.add(uploads.submit(() -> {
          lanes.acquire();
          try {
            say(done.get(), total, jar);
            send(jar);
            moved.add(jar.id());
            done.addAndGet(jar.artifact().size());
            return null;
          } finally {
            lanes.release();
          }
        }));
      }
      try {
        for (Future<?> task : tasks) {
          task.get();
        }
      } catch (ExecutionException | InterruptedException e) {
        uploads.shutdownNow();
        throw failure(e);
      }
    }
    return moved;
  }

  private synchronized void say(long done, long total, Jar jar) {
    progress.accept("uploading " + jar.artifact().name() + " (" + Findings.size(done) + " of "
        + Findings.size(total) + " done)");
  }

  private void send(Jar jar) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        node.putArtifact(jar.id(), jar.file());
        return;
      } catch (AnomalyException e) {
        if (!e.anomaly().category().retriable()
            || e.anomaly().category() == Anomaly.Category.INTERRUPTED
            || attempt == ATTEMPT_COUNT_MAX) {
          throw e;
        }
        Thread.sleep(PAUSE.multipliedBy(attempt));
        if (arrived(jar)) {
          return;
        }
      }
    }
  }

  /// Whether an artifact is there although its answer was lost; false when the node can't be asked.
  private boolean arrived(Jar jar) {
    try {
      return missing(List.of(jar.id())).isEmpty();
    } catch (AnomalyException e) {
      if (e.anomaly().category().retriable()) {
        return false; // sent again, with the next attempt
      }
      throw e;
    }
  }

  private static RuntimeException failure(Exception e) {
    if (e.getCause() instanceof RuntimeException known) {
      return known;
    }
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return Anomaly.of(Anomaly.Category.INTERRUPTED, "The upload was interrupted.")
        .toException(e);
  }
}
