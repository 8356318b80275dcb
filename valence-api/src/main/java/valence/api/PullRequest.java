package valence.api;

import static java.util.Objects.requireNonNull;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.Optional;

/// A pull with its limits.
///
/// @param pattern   a collection, or EDN text of one
/// @param entity    an entity id, ident or lookup ref
/// @param timeout   after which the pull stops with `unavailable`
/// @param ioContext a qualified keyword that names what the pull is for; the result then is
///     `{:ret …, :io-stats {…}}`, as of [QueryRequest#withIoContext]
public record PullRequest(
    Object pattern, Object entity, Duration timeout, Optional<Keyword> ioContext) {
  public PullRequest {
    requireNonNull(pattern, "pattern");
    requireNonNull(entity, "entity");
    ioContext.ifPresent(IoContext::check);
  }

  /// The plain result, within [QueryRequest#DEFAULT_TIMEOUT].
  public static PullRequest of(Object pattern, Object entity) {
    return new PullRequest(pattern, entity, QueryRequest.DEFAULT_TIMEOUT, Optional.empty());
  }

  public PullRequest withTimeout(Duration limitOfTime) {
    return new PullRequest(pattern, entity, limitOfTime, ioContext);
  }

  /// The same request, answered with what was read for it: `{:ret … :io-stats …}`.
  ///
  /// @param context a qualified keyword
  public PullRequest withIoContext(Keyword context) {
    return new PullRequest(pattern, entity, timeout, Optional.of(context));
  }
}
