package valence.node.access;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import valence.api.Anomaly;
import valence.wire.Fields;
import valence.wire.access.AccessKey;

/// What a node knows of an access key.
///
/// @param principal  who signs with it
/// @param signingKey of its signatures, in hexadecimal; empty when the key was revoked
/// @param ends       when it ends to be valid; [Instant#MAX] while it wasn't rotated or revoked
record NodeKey(String id, String principal, String signingKey, Instant created, Instant ends) {
  private static final int SIGNING_KEY_CHARS = 64;

  NodeKey {
    if (!AccessKey.ID.matcher(id).matches()
        || !signingKey.isEmpty() && signingKey.length() != SIGNING_KEY_CHARS) {
      throw Anomaly.incorrect(
              "access.error/invalid-file", "The key " + Fields.shown(id) + " is damaged.")
          .toException();
    }
  }

  static NodeKey made(AccessKey key, String principal, Instant now) {
    return new NodeKey(
        key.id(), principal, HexFormat.of().formatHex(key.signingKey()), now, Instant.MAX);
  }

  static NodeKey of(Object form) {
    Fields fields = Fields.of("A key", form);
    fields.only("id", "principal", "signing-key", "created", "ends");
    return new NodeKey(
        fields.text("id"),
        fields.text("principal"),
        fields.text("signing-key", ""),
        instant(fields, "created", Instant.EPOCH),
        instant(fields, "ends", Instant.MAX));
  }

  private static Instant instant(Fields fields, String key, Instant missing) {
    return switch (fields.value(key)) {
      case null -> missing;
      case Date date -> date.toInstant();
      default -> throw fields.wrong(key, "an #inst");
    };
  }

  boolean isRevoked() {
    return signingKey.isEmpty();
  }

  boolean validAt(Instant time) {
    return !isRevoked() && time.isBefore(ends);
  }

  NodeKey ending(Instant end) {
    return end.isBefore(ends) ? new NodeKey(id, principal, signingKey, created, end) : this;
  }

  NodeKey revoked(Instant now) {
    return isRevoked() ? this : new NodeKey(id, principal, "", created, now);
  }

  /// As the file holds it.
  Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = shown();
    if (!isRevoked()) {
      map.put(kw("signing-key"), signingKey);
    }
    return map;
  }

  /// As people may see it.
  Map<Keyword, Object> shown() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("id"), id);
    map.put(kw("principal"), principal);
    map.put(kw("created"), Date.from(created));
    if (ends.isBefore(Instant.MAX)) {
      map.put(kw("ends"), Date.from(ends));
    }
    return map;
  }

  /// Without the signing key.
  @Override
  public String toString() {
    return "NodeKey[" + id + " of " + principal + "]";
  }
}
