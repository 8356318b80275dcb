package valence.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What carries requests to a node and its answers back. Safe for many threads.
interface Transport extends AutoCloseable {
  /// What a request carries.
  sealed interface Content {
    /// @param bytes owned by the request
    record Bytes(byte[] bytes) implements Content {}

    record OfFile(Path file) implements Content {}
  }

  /// A request.
  ///
  /// @param timeout for the whole of it; of [#open] and [#listen] until the head of the answer
  record Sent(
      String method, URI uri, Map<String, String> headers, Content content, Duration timeout) {}

  /// An answer.
  ///
  /// @param headers by name in lower case
  record Received(int status, Map<String, String> headers, byte[] body) {
    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }
  }

  /// Sends a request and waits for its answer, of at most so many bytes.
  ///
  /// A `ConnectException` or `HttpConnectTimeoutException` says that nothing was sent, an
  /// `HttpTimeoutException` that no answer came in time.
  Received send(Sent request, int answerBytesMax) throws IOException, InterruptedException;

  /// An answer whose body is read as it arrives.
  ///
  /// @param headers by name in lower case
  /// @param body    to be closed; before its end that ends the answer, too
  record Opened(int status, Map<String, String> headers, InputStream body) {}

  /// Sends a request and waits for the head of its answer. What isn't read of the body isn't sent
  /// by the node, beyond what the connection holds.
  Opened open(Sent request) throws IOException, InterruptedException;

  /// As [#open], for an answer that lasts until somebody ends it: on a connection of its own, so
  /// that it holds up no other when it is read slowly.
  Opened listen(Sent request) throws IOException, InterruptedException;

  /// Sends a request whose answer nobody waits for, and that may as well get lost.
  void post(Sent request);

  /// Waits for what is under way.
  @Override
  void close();
}
