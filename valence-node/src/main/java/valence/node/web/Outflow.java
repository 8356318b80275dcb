package valence.node.web;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.ion.HttpResponse;
import valence.node.app.Application;
import valence.node.http.EventStream;
import valence.node.http.Exchange;

/// One answer that is written as it is made. Its thread is that of the request; any may [#end] it.
final class Outflow {
  private static final Logger LOG = LoggerFactory.getLogger(Outflow.class);
  private static final int CHUNK_BYTES = 32 << 10;

  private final Exchange exchange;
  private final Application application;
  private final Thread thread = Thread.currentThread();
  private @Nullable EventStream events; // guarded by this, as is the next
  private boolean ended;
  private boolean over; // guarded by this; the thread does something else by then

  Outflow(Exchange exchange, Application application) {
    this.exchange = exchange;
    this.application = application;
  }

  Application application() {
    return application;
  }

  /// Whether it can be ended at any time, and its caller knows to come again.
  synchronized boolean isEvents() {
    return events != null;
  }

  /// Writes the body; a failure ends the answer short, which the caller sees.
  void write(HttpResponse response, Map<String, String> headers) {
    try {
      switch (response.body()) {
        case HttpResponse.Bytes(byte[] bytes) -> {
          exchange.begin(response.status(), headers);
          exchange.write(bytes);
        }
        case HttpResponse.Streamed(InputStream stream) -> {
          try (stream) {
            exchange.begin(response.status(), headers);
            copy(stream);
          }
        }
        case HttpResponse.FromFile(Path file) -> {
          try (InputStream stream = Files.newInputStream(file)) {
            headers.putIfAbsent("content-length", Long.toString(Files.size(file)));
            exchange.begin(response.status(), headers);
            copy(stream);
          }
        }
        case HttpResponse.Written(var writer) -> {
          exchange.begin(response.status(), headers);
          try (var out = new BufferedOutputStream(new Out(), CHUNK_BYTES)) {
            writer.writeTo(out);
          }
        }
        case HttpResponse.Events(var source) -> {
          EventStream stream = EventStream.begin(exchange, headers);
          synchronized (this) {
            events = stream;
          }
          source.sendTo(this::send);
        }
      }
    } catch (Throwable e) { // an application's code: nothing it throws may harm the node
      if (!isEnded()) {
        LOG.warn("answer-broken-off request={}", exchange.requestId(), e);
        throw new BrokenOff(e);
      }
    } finally {
      synchronized (this) {
        over = true;
      }
      Thread.interrupted(); // what ended it is of no concern to the thread any more
    }
  }

  /// An answer that can't be finished, after it began. Stays in this package.
  static final class BrokenOff extends RuntimeException {
    private static final long serialVersionUID = 1;

    BrokenOff(Throwable cause) {
      super("the answer broke off", cause);
    }
  }

  private void copy(InputStream stream) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    for (int count = stream.read(chunk); count >= 0; count = stream.read(chunk)) {
      exchange.write(count == chunk.length ? chunk.clone() : java.util.Arrays.copyOf(chunk, count));
    }
  }

  private void send(String name, String id, String data) {
    EventStream stream;
    synchronized (this) {
      stream = ended ? null : events;
    }
    if (stream == null) {
      throw gone(null);
    }
    if ((name + id).chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException("an event's name or id has a control character");
    }
    try {
      stream.event(name, id, data);
    } catch (IOException e) {
      end();
      throw gone(e);
    }
  }

  private static AnomalyException gone(@Nullable IOException cause) {
    Anomaly anomaly = Anomaly.of(
        Anomaly.Category.INTERRUPTED, "Nobody reads these events any more, or they are to end.");
    return cause == null ? anomaly.toException() : anomaly.toException(cause);
  }

  /// Whether its reader would still be let in.
  boolean isLetIn() {
    try {
      exchange.requireLetIn();
      return true;
    } catch (AnomalyException e) {
      LOG.info("events-ended request={} why={}", exchange.requestId(), e.getMessage());
      return false;
    }
  }

  /// Lets whoever reads know that there is somebody.
  void beat() {
    EventStream stream;
    synchronized (this) {
      stream = ended || over ? null : events;
    }
    if (stream != null) {
      try {
        stream.beat();
      } catch (IOException e) {
        LOG.debug("event-reader-gone request={}", exchange.requestId(), e);
        end();
      }
    }
  }

  /// Ends it soon: nothing is written any more, and its thread is interrupted.
  synchronized void end() {
    ended = true;
    if (!over) {
      thread.interrupt();
    }
  }

  private synchronized boolean isEnded() {
    return ended;
  }

  private final class Out extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > 0) {
        exchange.write(java.util.Arrays.copyOfRange(bytes, offset, offset + length));
      }
    }
  }
}
