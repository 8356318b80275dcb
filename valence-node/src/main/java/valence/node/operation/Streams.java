package valence.node.operation;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.node.http.Exchange;
import valence.node.http.Lane;
import valence.node.http.Reply;
import valence.wire.Answer;
import valence.wire.Format;
import valence.wire.RowsWriter;

/// Answers whose rows are sent while they are read: so many at once, the next is told `busy`.
///
/// What is sent but not taken in yet is one chunk and what the connection holds; the rows wait for
/// their reader. They have a limit of their own, so that slow readers don't hold up those who want
/// short answers.
final class Streams {
  static final int STREAMS_MAX = 64;

  /// Says how many rows there are, where that is known before.
  static final String COUNT = "valence-row-count";

  private static final Logger LOG = LoggerFactory.getLogger(Streams.class);

  private final Semaphore places = new Semaphore(STREAMS_MAX);

  /// Sends rows, and closes them. An anomaly on the way ends the answer; when the caller is gone,
  /// nothing more is read.
  Reply send(Exchange exchange, Format format, Rows rows, Deadline deadline) {
    try (rows) {
      if (!places.tryAcquire()) {
        throw Anomaly.of(
                Anomaly.Category.BUSY,
                "Too much to do: " + STREAMS_MAX + " answers are being sent in chunks.",
                "Try again, more slowly.")
            .withError(Lane.OVERLOADED)
            .toException();
      }
      try {
        return written(exchange, format, rows, deadline);
      } finally {
        places.release();
      }
    }
  }

  private static Reply written(Exchange exchange, Format format, Rows rows, Deadline deadline) {
    var writer = new RowsWriter(format, rows.rowsMax());
    Iterator<? extends @Nullable Object> each = rows.iterator();
    boolean ready = fill(each, writer, deadline); // what fails at once is answered with its status
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", format.rowsMediaType());
    headers.put("x-request-id", exchange.requestId());
    rows.count().ifPresent(count -> headers.put(COUNT, Long.toString(count)));
    exchange.begin(200, headers);
    try {
      while (ready) {
        exchange.write(writer.take());
        ready = fill(each, writer, deadline);
      }
      if (!writer.isEmpty()) {
        exchange.write(writer.take());
      }
      exchange.write(writer.end(new Answer.Success(writer.total())));
    } catch (IOException e) {
      LOG.debug("rows-not-taken request={}", exchange.requestId(), e);
    } catch (AnomalyException e) {
      end(exchange, writer, e.anomaly());
    } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
      LOG.error("rows-failed path={} request={}", exchange.path(), exchange.requestId(), e);
      end(
          exchange,
          writer,
          Anomaly.fault("The node failed; its log has why under " + exchange.requestId() + "."));
    }
    return Reply.written(200);
  }

  /// Reads rows until a chunk is ready; false when there are no more.
  private static boolean fill(
      Iterator<? extends @Nullable Object> each, RowsWriter writer, Deadline deadline) {
    while (each.hasNext()) {
      deadline.check();
      if (writer.add(each.next())) {
        return true;
      }
    }
    return false;
  }

  /// What was read before still counts: the caller got it in order.
  private static void end(Exchange exchange, RowsWriter writer, Anomaly anomaly) {
    try {
      exchange.write(writer.end(new Answer.Failure(anomaly)));
    } catch (IOException e) {
      LOG.debug("rows-not-taken request={}", exchange.requestId(), e);
    }
  }
}
