package valence.tools.quickstart;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import valence.tools.solo.RunningNode;

/// A client that keeps calling the application, over HTTP and as Lambda, and counts.
final class Caller implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  // Between two calls, so that the build beside it gets its share of a small machine.
  private static final long PAUSE_NANOS = Duration.ofMillis(4).toNanos();
  private static final int FAILURES_KEPT_MAX = 10;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicLong calls = new AtomicLong();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads;
  private volatile boolean stopped;

  /// @param failures what went wrong, the first few
  record Count(long calls, List<String> failures) {}

  private Caller(RunningNode node) {
    URI lambda = node.api().resolve("/2015-03-31/functions/solo-shortages/invocations");
    this.threads = List.of(
        Thread.ofVirtual().unstarted(() -> repeat(get(node.http().resolve("/items/tea-01")))),
        Thread.ofVirtual().unstarted(() -> repeat(post(lambda))));
  }

  static Caller start(RunningNode node) {
    Caller caller = new Caller(node);
    caller.threads.forEach(Thread::start);
    return caller;
  }

  /// Lets the calls under way finish; how many there were in all.
  Count stop() {
    stopped = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failures.add("interrupted");
    }
    return new Count(calls.get(), List.copyOf(failures));
  }

  @Override
  public void close() {
    stop();
    http.close();
  }

  private void repeat(HttpRequest request) {
    while (!stopped) {
      String failure = call(request);
      calls.incrementAndGet();
      if (!failure.isEmpty() && failures.size() < FAILURES_KEPT_MAX) {
        failures.add(failure);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /// What went wrong; empty when nothing did.
  private String call(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      boolean good = response.statusCode() == 200
          && response.headers().firstValue("x-amz-function-error").isEmpty();
      return good ? "" : request.uri() + " " + response.statusCode() + " " + response.body();
    } catch (IOException e) {
      return request.uri() + " " + e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped = true;
      return request.uri() + " interrupted";
    }
  }

  private static HttpRequest get(URI uri) {
    return HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
  }

  private static HttpRequest post(URI uri) {
    return HttpRequest.newBuilder(uri)
        .timeout(TIMEOUT)
        .POST(BodyPublishers.ofString("{}"))
        .build();
  }
}
