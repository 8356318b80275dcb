package valence.node.source.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/// What names one handing out of a message: the message, and how often it had been handed out. So
/// it says the same after a restart.
record Handle(UUID id, int received) {
  private static final int CHARACTERS_MAX = 256;

  String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((id + "/" + received).getBytes(UTF_8));
  }

  /// The handle of a text; empty when it is of no handle.
  static Optional<Handle> parse(String text) {
    if (text.length() > CHARACTERS_MAX) {
      return Optional.empty();
    }
    try {
      String[] parts = new String(Base64.getUrlDecoder().decode(text), UTF_8).split("/", -1);
      return parts.length == 2
          ? Optional.of(new Handle(UUID.fromString(parts[0]), Integer.parseInt(parts[1])))
          : Optional.empty();
    } catch (IllegalArgumentException e) { // not Base64, no UUID or no number
      return Optional.empty();
    }
  }
}
