package valence.node.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Writes server-sent events (HTML standard, 9.2) as the answer to a request. Each write waits
/// until it is on its way, so no more is made than is taken in. Safe for many threads.
public final class EventStream {
  public static final String MEDIA_TYPE = "text/event-stream";

  /// How often something has to be sent, so that neither side, nor anything between, takes the
  /// other for gone.
  public static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /// What a client waits before it comes again.
  private static final Duration RETRY = Duration.ofSeconds(2);

  private static final int CHUNK_BYTES = 32 << 10;

  private final Exchange exchange;
  private final ReentrantLock lock = new ReentrantLock();
  private long writtenNanos = System.nanoTime(); // guarded by lock

  private EventStream(Exchange exchange) {
    this.exchange = exchange;
  }

  /// Begins the answer.
  ///
  /// @param headers beside those that a stream of events has
  public static EventStream begin(Exchange exchange, Map<String, String> headers)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("content-type", MEDIA_TYPE);
    all.put("cache-control", "no-store");
    all.put("x-accel-buffering", "no"); // else some proxies wait for the end
    all.put("x-request-id", exchange.requestId());
    exchange.begin(200, all);
    var stream = new EventStream(exchange);
    stream.write(("retry: " + RETRY.toMillis() + "\n\n").getBytes(UTF_8));
    return stream;
  }

  /// Writes an event.
  ///
  /// @param name  empty for none, which is `message`
  /// @param id    what a client that comes again names as `Last-Event-ID`; empty for none
  /// @param lines the data, without line breaks; a client sees one between each
  public void event(String name, String id, Iterable<byte[]> lines) throws IOException {
    lock.lock();
    try {
      var out = new ByteArrayOutputStream();
      if (!name.isEmpty()) {
        out.writeBytes(("event: " + name + "\n").getBytes(UTF_8));
      }
      if (!id.isEmpty()) {
        out.writeBytes(("id: " + id + "\n").getBytes(UTF_8));
      }
      for (byte[] line : lines) {
        out.writeBytes(DATA);
        out.writeBytes(line);
        out.write('\n');
        if (out.size() >= CHUNK_BYTES) {
          write(out.toByteArray());
          out.reset();
        }
      }
      out.write('\n');
      write(out.toByteArray());
    } finally {
      lock.unlock();
    }
  }

  private static final byte[] DATA = "data: ".getBytes(UTF_8);

  /// Writes an event whose data is a text of any number of lines.
  public void event(String name, String id, String data) throws IOException {
    event(name, id, data.lines().map(line -> line.getBytes(UTF_8)).toList());
  }

  /// Writes what clients skip, unless something was written lately.
  public void beat() throws IOException {
    if (!lock.tryLock()) {
      return; // something is being written
    }
    try {
      if (System.nanoTime() - writtenNanos > HEARTBEAT.toNanos() / 2) {
        write(":\n\n".getBytes(UTF_8));
      }
    } finally {
      lock.unlock();
    }
  }

  private void write(byte[] bytes) throws IOException {
    lock.lock();
    try {
      exchange.write(bytes);
      writtenNanos = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }
}
