package valence.node.web;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.AnomalyException;
import valence.ion.HttpRequest;
import valence.node.http.Exchange;

/// The body of a request, read before its handler runs or by it. For one thread at a time.
final class Arrival implements HttpRequest.Content {
  /// How many bytes a body may have that is read before.
  static final int EARLY_BYTES_MAX = 256 << 10;

  private final Exchange exchange;
  private final Duration limit;
  private byte @Nullable [] bytes;
  private @Nullable InputStream stream;
  private @Nullable AnomalyException refused;

  /// @param limit for all of a body that is read as it arrives
  Arrival(Exchange exchange, Duration limit) {
    this.exchange = exchange;
    this.limit = limit;
  }

  /// Reads a body that is announced as short, or refuses the request.
  void readEarly() {
    long length = exchange.announcedLength();
    boolean none = length < 0 && exchange.header("transfer-encoding").isEmpty();
    if (none && !exchange.protocol().equals("HTTP/2.0")
        || length >= 0 && length <= EARLY_BYTES_MAX) {
      bytes();
    }
  }

  /// Why the body couldn't be read, if somebody tried and it couldn't.
  Optional<AnomalyException> refused() {
    return Optional.ofNullable(refused);
  }

  @Override
  public byte[] bytes() {
    byte[] known = bytes;
    if (known == null) {
      try {
        known = stream == null ? exchange.body(WebRequests.BODY_BYTES_MAX) : new byte[0];
      } catch (AnomalyException e) {
        refused = e;
        throw e;
      }
      bytes = known;
    }
    return known;
  }

  @Override
  public InputStream stream() {
    if (bytes != null) {
      return new ByteArrayInputStream(bytes);
    }
    if (stream == null) {
      stream = exchange.stream(limit);
    }
    return stream;
  }
}
