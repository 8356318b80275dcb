package valence.tools.demo;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.tools.terminal.Json;
import valence.tools.terminal.ProgressBar;

/// Sends commits to the application in batches, each within the limits of a Lambda payload, while
/// the next batch is being read. Used by one thread.
final class Importer implements AutoCloseable {
  /// So few that the bar keeps moving, so many that the calls themselves don't count.
  private static final int BATCH_COMMITS_MAX = 200;

  /// A commit of the largest size that [LogReader] lets through fits beside it in 6 MiB.
  private static final int BATCH_BYTES_MAX = 1 << 20;

  private final CodebaseSystem.Running system;
  private final String repository;
  private final ProgressBar bar;
  private final ExecutorService sender = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> batch = new ArrayList<>();
  private int batchBytes;
  private Future<?> sending = CompletableFuture.completedFuture(null);
  private long sent;
  private long shortened;

  Importer(CodebaseSystem.Running system, String repository, ProgressBar bar) {
    this.system = system;
    this.repository = repository;
    this.bar = bar;
  }

  /// Takes the next commit; an earlier one may be found to have failed.
  void add(Commit commit) {
    if (commit.leftOut() > 0) {
      shortened++;
    }
    String json = Json.print(commit.toMap());
    batch.add(json);
    batchBytes += json.getBytes(StandardCharsets.UTF_8).length;
    if (batch.size() == BATCH_COMMITS_MAX || batchBytes >= BATCH_BYTES_MAX) {
      send();
    }
  }

  /// Sends what is left and waits for the end.
  void finish() {
    send();
    await();
  }

  /// How many commits were taken over.
  long sent() {
    return sent;
  }

  /// How many commits had changes left out.
  long shortened() {
    return shortened;
  }

  @Override
  public void close() {
    sender.close();
  }

  private void send() {
    await(); // one at a time, since commits go in order
    if (batch.isEmpty()) {
      return;
    }
    int size = batch.size();
    String payload = "{\"repository\":" + Json.print(repository) + ",\"commits\":["
        + String.join(",", batch) + "]}";
    batch.clear();
    batchBytes = 0;
    sending = sender.submit(() -> {
      system.invoke("import", payload);
      return size;
    });
  }

  private void await() {
    try {
      if (sending.get() instanceof Integer size) {
        sent += size;
        bar.show(sent);
        sending = CompletableFuture.completedFuture(null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(
              Anomaly.Category.INTERRUPTED,
              "The import was interrupted.",
              "Run it again: it goes on where it stopped.")
          .toException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof AnomalyException known
          ? known
          : Anomaly.fault("The import failed: " + e.getCause() + ".").toException(e);
    }
  }
}
