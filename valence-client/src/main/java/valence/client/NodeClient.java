package valence.client;

import clojure.lang.Keyword;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.ion.Trace;
import valence.wire.Answer;
import valence.wire.EdnBody;
import valence.wire.Format;
import valence.wire.HttpStatus;
import valence.wire.ReadOperations;
import valence.wire.RowsReader;
import valence.wire.access.AccessKey;
import valence.wire.access.Signature;

/// A client of one node: calls its operations and uploads artifacts. Safe for many threads.
public final class NodeClient implements AutoCloseable {
  /// How long a node may take to accept a connection.
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /// How long an answer may take. Above the node's own limit, so that its anomaly arrives first.
  public static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(90);

  /// How long the upload of one artifact may take.
  public static final Duration UPLOAD_TIMEOUT = Duration.ofMinutes(10);

  /// The `:db/error` when no connection was made: nothing was sent.
  static final String NOT_REACHED = "client.error/not-reached";

  /// The `:db/error` when it isn't known whether the node did what was asked.
  static final String OUTCOME_UNKNOWN = "client.error/outcome-unknown";

  /// The status of an answer that is none of a node's.
  static final Keyword STATUS = Keyword.intern("http", "status");

  /// How requests are written. An answer may come in another form, which it names.
  private static final Format FORMAT = Format.BINARY;

  private static final Map<String, String> HEADERS =
      Map.of("content-type", FORMAT.mediaType(), "accept", FORMAT.mediaType());

  private static final String ROW_COUNT = "valence-row-count";

  private static final String T = "valence-t";

  private static final Keyword CALL_ID = Keyword.intern("call-id");

  private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(5);

  /// A node that is further away in time isn't believed.
  private static final Duration CLOCK_OFFSET_MAX = Duration.ofDays(1);

  private static final Keyword NODE_TIME = Keyword.intern("access", "node-time");

  private final NodeAddress address;
  private final Transport transport;

  /// How far the node's clock is before ours, as it said when it refused a time.
  private volatile long clockOffsetMillis;

  private NodeClient(NodeAddress address, Transport transport) {
    this.address = address;
    this.transport = transport;
  }

  /// A client of the node whose api port is at the address, such as `http://127.0.0.1:8182`.
  ///
  /// No connection is made before the first call.
  public static NodeClient connect(URI node) {
    return connect(NodeAddress.of(node));
  }

  /// A client that signs its requests, if the address has a key, and goes by the address's way.
  public static NodeClient connect(NodeAddress address) {
    InetSocketAddress proxy = address.socksProxy();
    boolean secure = "https".equals(address.node().getScheme());
    return new NodeClient(
        address,
        proxy == null
            ? new DirectTransport(secure, address.trust(), CONNECT_TIMEOUT)
            : new ProxiedTransport(proxy, address.trust(), CONNECT_TIMEOUT));
  }

  /// The node's address.
  public URI node() {
    return address.node();
  }

  /// What came back of [#send].
  ///
  /// @param headers by name in lower case
  public record Response(int status, Map<String, String> headers, byte[] body) {}

  /// Sends a request of any kind to the api port, signed if there is a key.
  ///
  /// @param path encoded, with its query where it has one
  public Response send(
      String method,
      String path,
      Map<String, String> headers,
      byte[] body,
      Duration timeout,
      int answerBytesMax) {
    Transport.Received received = received(
        method,
        path,
        headers,
        new Transport.Content.Bytes(body),
        Signature.sha256(body),
        timeout,
        answerBytesMax);
    return new Response(received.status(), received.headers(), received.body());
  }

  /// The value that the node answers to an operation of the protocol; its anomaly is thrown.
  ///
  /// A call with a `:timeout` (milliseconds) longer than usual is waited for accordingly. When its
  /// thread is interrupted, a query or pull is stopped on the node too.
  public @Nullable Object call(String operation, Map<?, ?> request) {
    if (!ReadOperations.NAMES.contains(operation) || request.containsKey(CALL_ID)) {
      return answered(operation, request);
    }
    UUID id = UUID.randomUUID();
    Map<Object, @Nullable Object> named = new HashMap<>(request);
    named.put(CALL_ID, id);
    try {
      return answered(operation, named);
    } catch (AnomalyException e) {
      if (e.anomaly().category() == Anomaly.Category.INTERRUPTED) {
        cancel(id);
      }
      throw e;
    }
  }

  /// Asks for the end of a call, without waiting for it: this thread was interrupted.
  void cancel(UUID id) {
    byte[] body = FORMAT.encode(Map.of(CALL_ID, id));
    transport.post(signed(
        "POST",
        "/api/cancel",
        HEADERS,
        new Transport.Content.Bytes(body),
        Signature.sha256(body),
        CONNECT_TIMEOUT));
  }

  /// The rows of a read, in the node's order, as they arrive: one chunk is held. Asks when the
  /// first is read, and again for what is missing when the connection breaks. To be closed unless
  /// it is read to its end.
  ///
  /// @param patience for each chunk
  public Stream<Object> rows(
      String operation, Map<Keyword, @Nullable Object> request, Duration patience) {
    return new RemoteRows<>(
            new Requests(this), operation, request, patience, Objects::requireNonNull)
        .stream();
  }

  private @Nullable Object answered(String operation, Map<?, ?> request) {
    byte[] body = FORMAT.encode(request);
    Transport.Received received = received(
        "POST",
        "/api/" + operation,
        HEADERS,
        new Transport.Content.Bytes(body),
        Signature.sha256(body),
        patience(request),
        EdnBody.BYTES_MAX);
    return switch (answer(received)) {
      case Answer.Success(var value) -> value;
      case Answer.Failure(Anomaly anomaly) -> throw anomaly.toException();
    };
  }

  /// What a request for chunks came to.
  sealed interface Answered {
    /// All of it at once.
    record Whole(@Nullable Object value) implements Answered {}

    /// @param rows to be closed
    /// @param count how many there are, where the node says so before
    record Chunks(RowsReader rows, OptionalLong count) implements Answered {}
  }

  /// Calls an operation that may answer in chunks, which a `:chunk` of the request asks for.
  ///
  /// @param timeout until the first of them
  Answered open(String operation, Map<?, ?> request, Duration timeout) {
    byte[] body = FORMAT.encode(request);
    Transport.Opened opened = opened(operation, body, timeout, transport::open);
    String type = opened.headers().getOrDefault("content-type", "");
    Format format = Format.ofContentType(type);
    try {
      if (Format.mediaType(type).equals(format.rowsMediaType())) {
        return new Answered.Chunks(
            new RowsReader(format, opened.body()), number(opened, ROW_COUNT));
      }
      return new Answered.Whole(whole(opened));
    } catch (IOException e) {
      throw unknown("broke the connection off", e);
    }
  }

  /// What a node tells as it happens.
  ///
  /// @param rows to be closed, by any thread; a chunk without rows says that the node is there
  /// @param t    what is known already, as the node says
  record Told(RowsReader rows, OptionalLong t) {}

  /// Calls an operation whose answer lasts until somebody ends it.
  ///
  /// @param timeout until the answer has begun
  Told listen(String operation, Map<?, ?> request, Duration timeout) {
    byte[] body = FORMAT.encode(request);
    Transport.Opened opened = opened(operation, body, timeout, transport::listen);
    String type = opened.headers().getOrDefault("content-type", "");
    Format format = Format.ofContentType(type);
    try {
      if (Format.mediaType(type).equals(format.rowsMediaType())) {
        return new Told(new RowsReader(format, opened.body()), number(opened, T));
      }
      throw Anomaly.fault(
              "The node answered " + operation + " with " + whole(opened) + ".",
              "Check that client and node are of one version.")
          .toException();
    } catch (IOException e) {
      throw unknown("broke the connection off", e);
    }
  }

  /// The value of an answer that came at once; its anomaly is thrown.
  private @Nullable Object whole(Transport.Opened opened) throws IOException {
    byte[] whole;
    try (var in = opened.body()) {
      whole = in.readNBytes(EdnBody.BYTES_MAX);
    }
    return switch (answer(new Transport.Received(opened.status(), opened.headers(), whole))) {
      case Answer.Success(var value) -> value;
      case Answer.Failure(Anomaly anomaly) -> throw anomaly.toException();
    };
  }

  /// A header that a node writes as a number; empty when it isn't there.
  private static OptionalLong number(Transport.Opened opened, String header) {
    String text = opened.headers().get(header);
    try {
      return text == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw Anomaly.fault(
              "The node's answer has " + text + " as " + header + ".",
              "Check that nothing on the way changes headers.")
          .toException(e);
    }
  }

  /// A way to send a request and get the head of its answer.
  @FunctionalInterface
  private interface Way {
    Transport.Opened go(Transport.Sent request) throws IOException, InterruptedException;
  }

  private Transport.Opened opened(String operation, byte[] body, Duration timeout, Way way) {
    Use<Transport.Opened> use = () -> way.go(signed(
        "POST",
        "/api/" + operation,
        HEADERS,
        new Transport.Content.Bytes(body),
        Signature.sha256(body),
        timeout));
    Transport.Opened opened = sent(use);
    if (opened.status() != 401) {
      return opened;
    }
    // The node's clock differs from ours, or so: the way of a plain call knows what to do. Its
    // request costs nothing.
    closeQuietly(opened.body());
    answered("status", Map.of());
    return sent(use);
  }

  private static void closeQuietly(java.io.InputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      assert e != null; // nothing more was wanted of it
    }
  }

  /// Uploads an artifact.
  ///
  /// @param sha256 of the file's content, in lower-case hexadecimal
  /// @return true when it was new to the node's code store
  public boolean putArtifact(String sha256, Path file) {
    if (!Files.isReadable(file)) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "The artifact " + file + " can't be read.",
              "Check that the file is there.")
          .toException();
    }
    Transport.Received received = received(
        "PUT",
        "/artifacts/" + sha256,
        Map.of(),
        new Transport.Content.OfFile(file),
        sha256,
        UPLOAD_TIMEOUT,
        EdnBody.BYTES_MAX);
    return switch (answer(received)) {
      case Answer.Success _ -> received.status() == 201;
      case Answer.Failure(Anomaly anomaly) -> throw anomaly.toException();
    };
  }

  /// Whether a node answers and serves; false while it starts or drains.
  public boolean healthy() {
    try {
      var nothing = new Transport.Content.Bytes(new byte[0]);
      return once("GET", "/health", Map.of(), nothing, "", HEALTH_TIMEOUT, EdnBody.BYTES_MAX)
              .status()
          == 200;
    } catch (AnomalyException e) {
      if (e.anomaly().category() == Anomaly.Category.UNAVAILABLE) {
        return false;
      }
      throw e;
    }
  }

  /// Ends the client. Calls under way are waited for.
  @Override
  public void close() {
    transport.close();
  }

  private static Duration patience(Map<?, ?> request) {
    if (request.get(Keyword.intern("timeout")) instanceof Long millis
        && millis > 0
        && millis < Duration.ofDays(1).toMillis()) {
      Duration asked = Duration.ofMillis(millis).plus(Duration.ofSeconds(30));
      return asked.compareTo(ANSWER_TIMEOUT) > 0 ? asked : ANSWER_TIMEOUT;
    }
    return ANSWER_TIMEOUT;
  }

  /// As [#once], again when the node refused our clock's time: it then says its own, and did
  /// nothing.
  private Transport.Received received(
      String method,
      String path,
      Map<String, String> headers,
      Transport.Content content,
      String bodySha256,
      Duration timeout,
      int answerBytesMax) {
    Transport.Received first =
        once(method, path, headers, content, bodySha256, timeout, answerBytesMax);
    if (first.status() == 401
        && address.key() != null
        && answer(first) instanceof Answer.Failure(Anomaly anomaly)
        && anomaly.data().get(NODE_TIME) instanceof Long nodeMillis) {
      long offset = nodeMillis - System.currentTimeMillis();
      if (Math.abs(offset) <= CLOCK_OFFSET_MAX.toMillis()) {
        clockOffsetMillis = offset;
        return once(method, path, headers, content, bodySha256, timeout, answerBytesMax);
      }
    }
    return first;
  }

  private Transport.Sent signed(
      String method,
      String path,
      Map<String, String> headers,
      Transport.Content content,
      String bodySha256,
      Duration timeout) {
    URI uri = address.node().resolve(path);
    Map<String, String> all = new LinkedHashMap<>(headers);
    Trace.current().ifPresent(trace -> trace.headers().forEach(all::putIfAbsent));
    AccessKey key = address.key();
    if (key != null && !bodySha256.isEmpty()) {
      long now = System.currentTimeMillis() + clockOffsetMillis;
      all.put(
          Signature.HEADER,
          Signature.of(
                  key,
                  now,
                  method,
                  uri.getRawPath(),
                  uri.getRawQuery() == null ? "" : uri.getRawQuery(),
                  bodySha256)
              .header());
    }
    return new Transport.Sent(method, uri, all, content, timeout);
  }

  private Transport.Received once(
      String method,
      String path,
      Map<String, String> headers,
      Transport.Content content,
      String bodySha256,
      Duration timeout,
      int answerBytesMax) {
    Transport.Sent request = signed(method, path, headers, content, bodySha256, timeout);
    return sent(() -> transport.send(request, answerBytesMax));
  }

  /// A use of the transport.
  @FunctionalInterface
  private interface Use<T> {
    T run() throws IOException, InterruptedException;
  }

  private <T> T sent(Use<T> use) {
    try {
      return use.run();
    } catch (SSLException e) {
      throw Anomaly.of(
              Anomaly.Category.FORBIDDEN,
              "The node at " + node() + " isn't trusted: " + e.getMessage() + ".",
              "Give the certificate that it should have, or its fingerprint, as :trust; and its"
                  + " address with http or https, as it listens.")
          .withError("access.error/not-trusted")
          .toException(e);
    } catch (HttpConnectTimeoutException | ConnectException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "No node answers at " + node() + "; start one with `valence up`.")
          .withError(NOT_REACHED)
          .toException(e);
    } catch (HttpTimeoutException e) {
      throw unknown("didn't answer in time", e);
    } catch (IOException e) {
      throw unknown("broke the connection off", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(
              Anomaly.Category.INTERRUPTED,
              "The call was interrupted; whether the node did it is unknown.")
          .toException(e);
    }
  }

  AnomalyException unknown(String how, IOException cause) {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "The node at " + address.node() + " " + how
                + "; whether it did what was asked is unknown.",
            "Look, or call again where that does no harm (a :request-id makes it harmless).")
        .withError(OUTCOME_UNKNOWN)
        .toException(cause);
  }

  private Answer answer(Transport.Received response) {
    String type = response.header("content-type").orElse("");
    Format format = Format.ofContentType(type);
    if (Format.mediaType(type).equals(format.mediaType())) {
      return Answer.decode(format, response.body());
    }
    return new Answer.Failure(Anomaly.of(
            HttpStatus.category(response.status()),
            "What answers at " + address.node() + " isn't the api of a Valence node: status "
                + response.status() + (type.isEmpty() ? "." : ", " + type + "."),
            "Check the address and the port.")
        .with(STATUS, (long) response.status()));
  }
}
