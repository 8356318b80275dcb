package valence.node.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.HttpStatus;

/// One request at a door, and the reading of its body. For the request's own thread.
public final class Exchange {
  private static final int CHUNK_BYTES = 16 << 10;

  /// What is read and thrown away of a body too long, so that its sender comes to read the answer.
  private static final int DISCARDED_BYTES_MAX = 16 << 20;

  private final Request request;
  private final BodyBudget budget;
  private final String requestId = UUID.randomUUID().toString();
  private long reservedBytes;

  Exchange(Request request, BodyBudget budget) {
    this.request = request;
    this.budget = budget;
  }

  /// New for each request; the same id is in the log.
  public String requestId() {
    return requestId;
  }

  /// In upper case.
  public String method() {
    return request.getMethod();
  }

  /// Decoded; begins with `/`.
  public String path() {
    String path = request.getHttpURI().getDecodedPath();
    return path == null || path.isEmpty() ? "/" : path;
  }

  /// The raw query string, empty when there is none.
  public String query() {
    String query = request.getHttpURI().getQuery();
    return query == null ? "" : query;
  }

  /// The host that the request came from.
  public String remoteAddress() {
    return Request.getRemoteAddr(request);
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /// By name in lower case; several values of one name joined by `, `.
  public Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    for (HttpField field : request.getHeaders()) {
      headers.merge(
          field.getName().toLowerCase(Locale.ROOT),
          field.getValue() == null ? "" : field.getValue(),
          (first, next) -> first + ", " + next);
    }
    return headers;
  }

  /// The body, whole.
  ///
  /// `incorrect` with [HttpStatus#TOO_LARGE] or [HttpStatus#TOO_SLOW]; `busy` when the node has too
  /// many bytes of bodies in memory already.
  public byte[] body(int bytesMax) {
    if (request.getLength() > bytesMax) {
      discard();
      throw tooLarge(bytesMax);
    }
    int sizeGuess = Math.clamp(request.getLength(), 32, CHUNK_BYTES);
    var body = new ByteArrayOutputStream(sizeGuess);
    try (InputStream in = stream(budget.timeout())) {
      byte[] chunk = new byte[CHUNK_BYTES];
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        if (body.size() + count > bytesMax) {
          discard();
          throw tooLarge(bytesMax);
        }
        budget.reserve(count);
        reservedBytes += count;
        body.write(chunk, 0, count);
      }
    } catch (IOException e) {
      throw broken(e);
    }
    return body.toByteArray();
  }

  /// The body as it arrives.
  ///
  /// @param timeout for the whole of it; past it, reading fails with [HttpStatus#TOO_SLOW]
  public InputStream stream(Duration timeout) {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    InputStream in = Content.Source.asInputStream(request);
    EndPoint peer = request.getConnectionMetaData().getConnection().getEndPoint();
    long idleMillis = peer.getIdleTimeout();
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        long millisLeft = (deadlineNanos - System.nanoTime()) / 1_000_000;
        // A sender that falls silent would else hold us up for as long as a connection may idle.
        peer.setIdleTimeout(Math.clamp(millisLeft, 1, idleMillis));
        try {
          int count = in.read(bytes, offset, length);
          if (System.nanoTime() - deadlineNanos > 0) {
            throw tooSlow(timeout);
          }
          return count;
        } catch (IOException e) {
          if (System.nanoTime() - deadlineNanos > 0) {
            throw tooSlow(timeout);
          }
          throw e;
        } finally {
          peer.setIdleTimeout(idleMillis);
        }
      }
    };
  }

  /// The length that the caller announced, or -1.
  public long announcedLength() {
    return request.getLength();
  }

  /// Gives back what the body took of the budget.
  void release() {
    budget.release(reservedBytes);
    reservedBytes = 0;
  }

  private void discard() {
    if (request.getHeaders().contains(HttpHeader.EXPECT)) {
      return; // the sender waits for our word before it sends anything
    }
    try (InputStream in = stream(Duration.ofSeconds(5))) {
      byte[] chunk = new byte[CHUNK_BYTES];
      long total = 0;
      for (int count = 0; count >= 0 && total < DISCARDED_BYTES_MAX; count = in.read(chunk)) {
        total += count;
      }
    } catch (IOException | AnomalyException e) {
      // The sender is gone or slow; it is answered all the same, as what it sent was too long.
      assert e != null;
    }
  }

  private static AnomalyException tooLarge(int bytesMax) {
    return Anomaly.incorrect(
            HttpStatus.TOO_LARGE,
            "The request's body is too long.",
            "At most " + bytesMax + " bytes are taken.",
            "Send less at once.")
        .toException();
  }

  private static AnomalyException tooSlow(Duration timeout) {
    return Anomaly.incorrect(
            HttpStatus.TOO_SLOW,
            "The request's body didn't arrive within " + timeout.toMillis() + " ms.",
            "Send it faster, or less of it.")
        .toException();
  }

  private static AnomalyException broken(IOException cause) {
    return Anomaly.incorrect(
            HttpStatus.TOO_SLOW,
            "The request's body broke off: " + cause.getMessage() + ".",
            "Send it again.")
        .toException(cause);
  }
}
