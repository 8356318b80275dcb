package valence.node.operation;

import clojure.lang.Keyword;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.node.http.EventStream;
import valence.node.http.Exchange;
import valence.node.http.Lasting;
import valence.node.http.Reply;
import valence.wire.Answer;
import valence.wire.Format;
import valence.wire.RowsWriter;

/// Answers in chunks that last: what happens is written as it does, and a chunk without rows now
/// and then.
///
/// What a caller hasn't taken in waits in the log, or is skipped by a live query; there is one
/// chunk in memory. An answer ends when the caller has gone or may ask no more, and with an end
/// that asks to come again when the node ends or [#LIFE] is over.
final class Subscriptions {
  /// Says what the caller knows already, or the t before the first transaction.
  static final String T = "valence-t";

  /// How long an answer lasts before its caller has to ask again.
  private static final Duration LIFE = Duration.ofMinutes(30);

  /// How often the caller is looked at.
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

  private static final int CHUNK_ROWS = 1_000;
  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

  private final Lasting lasting;

  /// @param lasting where the answers are counted, and ended from
  Subscriptions(Lasting lasting) {
    this.lasting = lasting;
  }

  /// Sends what happens, and ends the subscription.
  Reply send(Exchange exchange, Format format, Subscription subscription) {
    try (subscription;
        Lasting.Place place = lasting.begin(subscription.end())) {
      exchange.lasts();
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("content-type", format.rowsMediaType());
      headers.put("cache-control", "no-store");
      headers.put("x-accel-buffering", "no"); // else some proxies wait for the end
      headers.put("x-request-id", exchange.requestId());
      subscription.t().ifPresent(t -> headers.put(T, Long.toString(t)));
      exchange.begin(200, headers);
      new Sending(exchange, subscription, place, new RowsWriter(format, CHUNK_ROWS)).run();
      return Reply.written(200);
    }
  }

  /// One answer under way, for its request's thread.
  private static final class Sending {
    private final Exchange exchange;
    private final Subscription subscription;
    private final Lasting.Place place;
    private final RowsWriter writer;
    private final long endNanos = System.nanoTime() + LIFE.toNanos();
    private long writtenNanos;
    private long lookedNanos = System.nanoTime();

    Sending(Exchange exchange, Subscription subscription, Lasting.Place place, RowsWriter writer) {
      this.exchange = exchange;
      this.subscription = subscription;
      this.place = place;
      this.writer = writer;
    }

    void run() {
      try {
        write(); // nothing, which shows that the answer has begun
        try {
          tell();
          end(new Answer.Success(writer.total()));
        } catch (AnomalyException e) {
          end(new Answer.Failure(e.anomaly()));
        } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
          LOG.error("feed-failed path={} request={}", exchange.path(), exchange.requestId(), e);
          end(new Answer.Failure(Anomaly.fault(
              "The node failed; its log has why under " + exchange.requestId() + ".")));
        }
      } catch (IOException e) {
        LOG.debug("feed-not-taken request={}", exchange.requestId(), e);
      }
    }

    private void tell() throws IOException {
      for (long told = 0; told < subscription.count(); ) {
        Optional<Iterator<Map<Keyword, @Nullable Object>>> next =
            subscription.next().apply(writer.isEmpty() ? LOOK_INTERVAL : Duration.ZERO);
        long now = System.nanoTime();
        if (next.isPresent()) {
          told++;
          Iterator<Map<Keyword, @Nullable Object>> rows = next.get();
          while (rows.hasNext()) {
            if (writer.add(rows.next())) {
              write();
            }
          }
        } else if (!writer.isEmpty()) {
          write();
        } else if (place.isToEnd() || now > endNanos) {
          return;
        } else if (now - writtenNanos >= EventStream.HEARTBEAT.toNanos()) {
          write();
        }
        look(now);
        if (now > endNanos) {
          return;
        }
      }
    }

    private void look(long now) {
      if (now - lookedNanos >= LOOK_INTERVAL.toNanos()) {
        lookedNanos = now;
        exchange.requireLetIn();
      }
    }

    private void write() throws IOException {
      exchange.write(writer.take());
      writtenNanos = System.nanoTime();
    }

    private void end(Answer answer) throws IOException {
      if (!writer.isEmpty()) {
        write();
      }
      exchange.write(writer.end(answer));
    }
  }
}
