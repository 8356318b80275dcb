package valence.node.telemetry;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends what it is given to an address, several at once, on a thread of its own. Safe for many
/// threads; never waits for the address: what doesn't fit into the queue, or isn't taken after some
/// tries, is dropped and counted.
final class Outbox<T> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
  private static final int TRIES_MAX = 5;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  /// How it sends.
  ///
  /// @param queuedMax  how many wait
  /// @param batchMax   how many go at once
  /// @param pauseFirst between tries; each is twice the one before
  record Terms(int queuedMax, int batchMax, Duration linger, Duration pauseFirst) {}

  private final String name;
  private final URI address;
  private final Terms terms;
  private final Function<List<T>, Letter> writer;
  private final BlockingQueue<T> queue;
  private final LongAdder sent;
  private final LongAdder dropped;
  private final HttpClient http;
  private final Thread thread;
  private volatile boolean closing;

  /// What is sent.
  record Letter(byte[] body, String... headers) {}

  Outbox(String name, URI address, Terms terms, Metrics metrics, Function<List<T>, Letter> writer) {
    this.name = name;
    this.address = address;
    this.terms = terms;
    this.writer = writer;
    this.queue = new ArrayBlockingQueue<>(terms.queuedMax());
    this.sent =
        metrics.counter("valence_exported_total", "What was sent to those who watch.", "to", name);
    this.dropped = metrics.counter(
        "valence_export_dropped_total",
        "What wasn't taken by those who watch, or didn't fit into the queue to them.",
        "to",
        name);
    metrics.source(samples ->
        samples.gauge("valence_export_queue", "What waits to be sent.", queue.size(), "to", name));
    this.http = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(TIMEOUT)
        .build();
    this.thread = Thread.ofPlatform().daemon().name("valence-" + name).start(this::work);
  }

  void add(T one) {
    if (closing || !queue.offer(one)) {
      dropped.increment();
    }
  }

  private void work() {
    List<T> batch = new ArrayList<>();
    try {
      while (true) {
        T first = closing ? queue.poll() : queue.poll(100, TimeUnit.MILLISECONDS);
        if (first == null) {
          if (closing) {
            return;
          }
          continue;
        }
        batch.add(first);
        long endNanos = System.nanoTime() + terms.linger().toNanos();
        while (batch.size() < terms.batchMax()) {
          long left = closing ? 0 : endNanos - System.nanoTime();
          T next = left > 0
              ? queue.poll(Math.min(left, 100_000_000), TimeUnit.NANOSECONDS)
              : queue.poll();
          if (next != null) {
            batch.add(next);
          } else if (left <= 0) {
            break;
          }
        }
        send(batch);
        batch.clear();
      }
    } catch (InterruptedException e) {
      dropped.add(batch.size() + queue.size());
    }
  }

  private void send(List<T> batch) throws InterruptedException {
    Letter letter = writer.apply(List.copyOf(batch));
    var request = HttpRequest.newBuilder(address)
        .timeout(TIMEOUT)
        .headers(letter.headers())
        .POST(HttpRequest.BodyPublishers.ofByteArray(letter.body()))
        .build();
    long pauseMillis = terms.pauseFirst().toMillis();
    String why = "";
    for (int tries = 0; tries < TRIES_MAX; tries++) {
      try {
        int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status / 100 == 2) {
          sent.add(batch.size());
          return;
        }
        why = "status " + status;
        if (status != 429 && status / 100 != 5 && status != 408) {
          break; // it would say the same again
        }
      } catch (IOException e) {
        why = e.toString();
      }
      if (closing) {
        break;
      }
      Thread.sleep(pauseMillis);
      pauseMillis *= 2;
    }
    dropped.add(batch.size());
    // The address may hold a secret in its path or query.
    LOG.info(
        "export-failed to={} host={} count={} why={}", name, address.getHost(), batch.size(), why);
  }

  /// Sends what is left, for a short time.
  @Override
  public void close() {
    closing = true;
    try {
      if (!thread.join(LAST_WORDS)) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
    http.shutdownNow();
  }
}
