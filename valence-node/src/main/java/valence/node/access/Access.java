package valence.node.access;

import clojure.lang.Keyword;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.node.http.Exchange;
import valence.wire.HttpStatus;
import valence.wire.access.AccessKey;
import valence.wire.access.Signature;

/// Finds out who sent a request. Safe for many threads.
///
/// Reads the principals and keys anew when their file was replaced, so that what a command changed
/// holds from the next request on. Once there were any, nobody unknown is let in again, also when
/// the file is gone.
public final class Access {
  private static final Logger LOG = LoggerFactory.getLogger(Access.class);

  /// How long a request waits for its turn among those of the same principal.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Stands for the key of who has none, so that he can't tell by the time it takes.
  private static final NodeKey NOBODY = NodeKey.made(AccessKey.random(), "nobody", Instant.EPOCH);

  /// What a file says, ready to be asked.
  private record State(
      Optional<KeysFile.Version> version,
      boolean required,
      Roster roster,
      Map<String, NodeKey> keys) {
    static State of(Optional<KeysFile.Version> version, boolean required, Roster roster) {
      Map<String, NodeKey> keys = new HashMap<>();
      roster.keys().forEach(key -> keys.put(key.id(), key));
      return new State(version, required, roster, keys);
    }
  }

  private final KeysFile file;
  private final Clock clock;
  private final long startMillis;
  private final Nonces nonces = new Nonces(Nonces.COUNT_MAX);
  private final Map<String, Share> shares = new ConcurrentHashMap<>();
  private volatile State state;
  private String saidLast = ""; // guarded by this

  /// @param directory where `keys.edn` is, or will be
  public Access(Path directory, Clock clock) {
    this.file = new KeysFile(directory);
    this.clock = clock;
    this.startMillis = clock.millis();
    Optional<KeysFile.Version> version = file.version();
    Optional<Roster> roster = file.read();
    this.state = State.of(version, roster.isPresent(), roster.orElse(Roster.EMPTY));
  }

  /// Whether requests have to be signed, as far as the file was read; it isn't read again for this.
  public boolean required() {
    return state.required;
  }

  /// Whether somebody could sign one now.
  public boolean hasValidKey() {
    return current().roster.hasValidKey(clock.instant());
  }

  /// Who sent a request. Its body is checked against the signature while it is read.
  ///
  /// `forbidden` with [HttpStatus#UNAUTHENTICATED] when it doesn't prove who.
  Caller admit(Exchange exchange) {
    State now = current();
    if (!now.required) {
      return Caller.ANYONE;
    }
    Signature signature = exchange
        .header(Signature.HEADER)
        .flatMap(Signature::parse)
        .orElseThrow(() -> unauthenticated(
            "The request isn't signed.",
            "Expected an " + Signature.HEADER + " header with " + Signature.SCHEME + ".",
            "Use a client with an access key; docs/protocol.md says how to sign by hand."));
    checkTime(signature);
    NodeKey key = now.keys.getOrDefault(signature.keyId(), NOBODY);
    byte[] signingKey = HexFormat.of().parseHex((key.isRevoked() ? NOBODY : key).signingKey());
    boolean signs =
        signature.signs(signingKey, exchange.method(), exchange.rawPath(), exchange.query());
    if (!signs || key == NOBODY || !key.validAt(clock.instant())) {
      throw unauthenticated(
          "The request's signature doesn't hold.",
          "Its key is unknown, revoked or past its end, or signed another request than this.",
          "See `valence access list` for the keys that are valid.");
    }
    if (!nonces.add(signature, clock.millis())) {
      throw unauthenticated(
          "The request was sent before, with the same signature.",
          "Sign it anew to send it again.");
    }
    exchange.expectBody(signature.bodySha256());
    Principal principal = now.roster.existing(key.principal());
    return new Caller(principal.name(), key.id(), principal.grants(), share(principal));
  }

  /// The same caller, as of now: with the grants that he has by now.
  ///
  /// `forbidden` with [HttpStatus#UNAUTHENTICATED] when his key isn't valid any more.
  Caller renewed(Caller caller) {
    State now = current();
    if (!caller.isKnown() && !now.required) {
      return caller;
    }
    NodeKey key = now.keys.getOrDefault(caller.keyId(), NOBODY);
    if (key == NOBODY || key.isRevoked() || !key.validAt(clock.instant())) {
      throw unauthenticated(
          caller.isKnown()
              ? "The key that the request was signed with was revoked, or is past its end."
              : "The system has principals by now, and the request wasn't signed.",
          "Ask again, with a key that is valid.");
    }
    Principal principal = now.roster.existing(key.principal());
    return new Caller(caller.name(), caller.keyId(), principal.grants(), caller.share());
  }

  private void checkTime(Signature signature) {
    long now = clock.millis();
    // What was signed before this process began may have been taken by the one before it, whose
    // memory of signatures is gone.
    if (Math.abs(now - signature.timeMillis()) > Signature.SKEW_MILLIS_MAX
        || signature.timeMillis() < startMillis) {
      throw Anomaly.of(
              Anomaly.Category.FORBIDDEN,
              "The request was signed at another time than now, which is " + now + " here.",
              "Expected a time at most " + Signature.SKEW_MILLIS_MAX + " ms away, and not before"
                  + " the node started.",
              "Sign it anew; set the clock if it is wrong.")
          .withError(HttpStatus.UNAUTHENTICATED)
          .with(Keyword.intern("access", "node-time"), now)
          .toException();
    }
  }

  private Share share(Principal principal) {
    return shares.compute(
        principal.name(),
        (name, known) -> known != null && known.limits().equals(principal.limits())
            ? known
            : new Share(name, principal.limits(), PATIENCE));
  }

  private State current() {
    State known = state;
    return file.version().equals(known.version) ? known : reload();
  }

  private synchronized State reload() {
    Optional<KeysFile.Version> version = file.version();
    if (version.equals(state.version)) {
      return state;
    }
    Optional<Roster> roster = readable();
    State read =
        State.of(version, state.required || roster.isPresent(), roster.orElse(Roster.EMPTY));
    shares.keySet().removeIf(name -> read.roster.principal(name).isEmpty());
    state = read;
    LOG.info(
        "access-read principals={} keys={}",
        read.roster.principals().size(),
        read.roster.keys().size());
    return read;
  }

  private Optional<Roster> readable() {
    try {
      return file.read();
    } catch (AnomalyException e) {
      if (!saidLast.equals(e.getMessage())) { // each request comes by here until it is mended
        saidLast = String.valueOf(e.getMessage());
        LOG.error("access-not-read", e);
      }
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "The node can't read who may come in; its log has why.",
              "Try again when it is mended.")
          .toException(e);
    }
  }

  private static AnomalyException unauthenticated(String... sentences) {
    return Anomaly.of(Anomaly.Category.FORBIDDEN, sentences)
        .withError(HttpStatus.UNAUTHENTICATED)
        .toException();
  }
}
