package valence.node.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.Format;
import valence.wire.HttpStatus;
import valence.wire.access.Signature;

/// One request at a door, and the reading of its body. For the request's own thread.
public final class Exchange {
  static final String REQUEST_ID = "x-request-id";

  private static final Pattern REQUEST_ID_TEXT = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private static final int CHUNK_BYTES = 16 << 10;

  /// What is read and thrown away of a body too long, so that its sender comes to read the answer.
  private static final int DISCARDED_BYTES_MAX = 16 << 20;

  /// What is read and thrown away of a body that nobody has looked at.
  private static final int LEFT_BYTES_MAX = 64 << 10;

  /// Writes an answer as it is made.
  interface Outgoing {
    void begin(int status, Map<String, String> headers);

    /// Returns when the chunk is on its way, so that no more is made than is taken in.
    void write(byte[] chunk) throws IOException;
  }

  private final Request request;
  private final Outgoing outgoing;
  private final BodyBudget budget;
  private final Patience patience;
  private final Watch watch;
  private final String requestId;
  private final Deque<Runnable> lasting = new ArrayDeque<>(); // newest first
  private volatile Runnable letIn = () -> {};
  private boolean isBodyRead;
  private long reservedBytes;
  private int bodyBytesMax = Integer.MAX_VALUE;
  private int nestingMax = Integer.MAX_VALUE;
  private @Nullable String bodySha256;

  Exchange(Request request, Outgoing outgoing, BodyBudget budget, Patience patience, Watch watch) {
    this.request = request;
    this.outgoing = outgoing;
    this.budget = budget;
    this.patience = patience;
    this.watch = watch;
    String given = request.getHeaders().get(REQUEST_ID);
    this.requestId = given != null && REQUEST_ID_TEXT.matcher(given).matches()
        ? given
        : UUID.randomUUID().toString();
  }

  /// The form that the body is in.
  public Format bodyFormat() {
    return Format.ofContentType(header("content-type").orElse(""));
  }

  /// The form that the answer is wanted in.
  public Format answerFormat() {
    return Format.ofAccept(header("accept").orElse(""), bodyFormat());
  }

  /// Begins an answer whose body is written as it is made, with [#write]; what is replied in the
  /// end is [Reply#written].
  public void begin(int status, Map<String, String> headers) {
    outgoing.begin(status, headers);
  }

  /// Writes a part of the answer's body, and waits until it is on its way. Fails when the caller is
  /// gone, or takes the answer in more slowly than a door has patience for.
  public void write(byte[] part) throws IOException {
    outgoing.write(part);
  }

  /// Lets somebody be told, before the answer begins, that it will last until it is ended, as of a
  /// stream of events: whoever counts requests under way then counts it otherwise. What is told may
  /// refuse it with an anomaly, and those who came earlier aren't told then.
  public void whenLasting(Runnable told) {
    lasting.push(told);
  }

  /// @param check fails when the caller, who was let in, wouldn't be any more; for any thread
  public void letInWhile(Runnable check) {
    letIn = check;
  }

  /// Fails with an anomaly when the caller wouldn't be let in any more, as when its key was
  /// revoked. To be asked now and then by what lasts; for any thread.
  public void requireLetIn() {
    letIn.run();
  }

  /// Says that the answer, which hasn't begun, will last until it is ended; an anomaly when there
  /// may be no more such. The body isn't needed any more.
  public void lasts() {
    while (!lasting.isEmpty()) {
      lasting.pop().run();
    }
    release();
  }

  /// Lets the body be no longer and no deeper than this, whatever its reader would take.
  public void limitBody(int bytesMax, int levelsMax) {
    bodyBytesMax = bytesMax;
    nestingMax = levelsMax;
  }

  /// How many levels of collections the body may have.
  public int nestingMax() {
    return nestingMax;
  }

  /// Lets reading the body fail at its end, with [HttpStatus#UNAUTHENTICATED], if it has another
  /// digest than this, in lower-case hexadecimal.
  public void expectBody(String sha256) {
    bodySha256 = sha256;
  }

  /// What the caller gave as `x-request-id`, if it is an id, else new; the same id is in the log.
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

  /// As it was sent, encoded.
  public String rawPath() {
    String path = request.getHttpURI().getPath();
    return path == null || path.isEmpty() ? "/" : path;
  }

  /// The raw query string, empty when there is none.
  public String query() {
    String query = request.getHttpURI().getQuery();
    return query == null ? "" : query;
  }

  /// The host, and the port if one was named, that the request was sent to; empty when not said.
  public String authority() {
    String authority = request.getHttpURI().getAuthority();
    return authority == null ? "" : authority;
  }

  /// `http` or `https`.
  public String scheme() {
    return request.isSecure() ? "https" : "http";
  }

  /// The host that the request came from.
  public String remoteAddress() {
    return Request.getRemoteAddr(request);
  }

  /// Such as `HTTP/1.1`.
  public String protocol() {
    return request.getConnectionMetaData().getHttpVersion().asString();
  }

  public boolean isSecure() {
    return request.isSecure();
  }

  /// The host that was asked, and the port.
  public String serverName() {
    return Request.getServerName(request);
  }

  public int serverPort() {
    return Request.getServerPort(request);
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /// By name in lower case; several values of one name joined by `, `, of cookies by `; `.
  public Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    for (HttpField field : request.getHeaders()) {
      headers.merge(
          field.getName().toLowerCase(Locale.ROOT),
          field.getValue() == null ? "" : field.getValue(),
          (first, next) -> first + (field.is("cookie") ? "; " : ", ") + next);
    }
    return headers;
  }

  /// The body, whole.
  ///
  /// `incorrect` with [HttpStatus#TOO_LARGE] or [HttpStatus#TOO_SLOW]; `busy` when the node has too
  /// many bytes of bodies in memory already.
  public byte[] body(int readerBytesMax) {
    int bytesMax = Math.min(readerBytesMax, bodyBytesMax);
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

  /// The body as it arrives. What was read is the sender's only once the end was reached.
  ///
  /// @param timeout for the whole of it; past it, or when it comes more slowly than a door has
  ///     patience for, reading fails with [HttpStatus#TOO_SLOW]
  public InputStream stream(Duration timeout) {
    isBodyRead = true;
    return new Body(timeout);
  }

  /// Takes in a short body that nobody has read, as of a call that is refused before: its sender
  /// would find the connection closed, and not see the answer.
  void leaveBody() {
    if (!isBodyRead && request.getLength() > 0 && request.getLength() <= LEFT_BYTES_MAX) {
      discard();
    }
  }

  private final class Body extends InputStream {
    private final Duration timeout;
    private final long beginNanos = System.nanoTime();
    private final InputStream in = Content.Source.asInputStream(request);
    private final EndPoint peer =
        request.getConnectionMetaData().getConnection().getEndPoint();
    private final long idleMillis = peer.getIdleTimeout();
    private final @Nullable MessageDigest digest = bodySha256 == null ? null : Signature.sha256();
    private long readBytes;
    private boolean ended;

    Body(Duration timeout) {
      this.timeout = timeout;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      // A sender that falls silent would else hold us up for as long as a connection may idle. One
      // of HTTP/2 carries other requests as well, and its library has a limit for each.
      boolean alone = request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2;
      if (alone) {
        long millisLeft = (timeout.toNanos() - nanos()) / 1_000_000;
        peer.setIdleTimeout(Math.clamp(millisLeft, 1, idleMillis));
      }
      try {
        int count = in.read(bytes, offset, length);
        if (nanos() > timeout.toNanos()) {
          throw tooSlow(timeout);
        }
        check(bytes, offset, count);
        return count;
      } catch (IOException e) {
        if (nanos() > timeout.toNanos()) {
          throw tooSlow(timeout);
        }
        throw e;
      } finally {
        if (alone) {
          peer.setIdleTimeout(idleMillis);
        }
      }
    }

    private void check(byte[] bytes, int offset, int count) {
      if (count < 0) {
        if (!ended) {
          ended = true;
          checkDigest();
        }
        return;
      }
      readBytes += count;
      if (digest != null) {
        digest.update(bytes, offset, count);
      }
      if (patience.tooSlow(readBytes, nanos())) {
        throw tooSlow(Duration.ofNanos(nanos()));
      }
    }

    private void checkDigest() {
      if (digest != null
          && bodySha256 != null
          && !MessageDigest.isEqual(digest.digest(), HexFormat.of().parseHex(bodySha256))) {
        throw Anomaly.of(
                Anomaly.Category.FORBIDDEN,
                "The request's body isn't the one that was signed.",
                "Sign the SHA-256 of the body as it is sent.")
            .withError(HttpStatus.UNAUTHENTICATED)
            .toException();
      }
    }

    private long nanos() {
      return System.nanoTime() - beginNanos;
    }
  }

  /// The length that the caller announced, or -1.
  public long announcedLength() {
    return request.getLength();
  }

  /// Does work for a caller who waits for it; `gone` is run, once or more, when the caller has
  /// closed the connection meanwhile, or given the request up. The body has been read before.
  public <T> T forCaller(Callable<T> work, Runnable gone) throws Exception {
    return watch.during(request, work, gone);
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
    bodySha256 = null; // as it is refused anyway
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
