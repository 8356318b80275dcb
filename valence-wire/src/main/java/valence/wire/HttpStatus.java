package valence.wire;

import clojure.lang.Keyword;
import valence.api.Anomaly;

/// The status of HTTP for each anomaly, and back.
public final class HttpStatus {
  /// The `:db/error` of a body longer than allowed.
  public static final String TOO_LARGE = "db.error/body-too-large";

  /// The `:db/error` of a body that didn't arrive in time.
  public static final String TOO_SLOW = "db.error/body-too-slow";

  /// The `:db/error` of a request that doesn't prove who sent it.
  public static final String UNAUTHENTICATED = "access.error/unauthenticated";

  private static final Keyword UNAUTHENTICATED_ERROR = Keyword.intern(UNAUTHENTICATED);
  private static final Keyword TOO_LARGE_ERROR = Keyword.intern(TOO_LARGE);
  private static final Keyword TOO_SLOW_ERROR = Keyword.intern(TOO_SLOW);

  private HttpStatus() {}

  /// The status that an anomaly is answered with.
  public static int of(Anomaly anomaly) {
    return switch (anomaly.error().orElse(null)) {
      case Keyword error when error == TOO_LARGE_ERROR -> 413;
      case Keyword error when error == TOO_SLOW_ERROR -> 408;
      case Keyword error when error == UNAUTHENTICATED_ERROR -> 401;
      case null, default -> of(anomaly.category());
    };
  }

  private static int of(Anomaly.Category category) {
    return switch (category) {
      case INCORRECT -> 400;
      case FORBIDDEN -> 403;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case BUSY -> 429;
      case FAULT -> 500;
      case UNSUPPORTED -> 501;
      case UNAVAILABLE, INTERRUPTED -> 503;
    };
  }

  /// The category that a status stands for where no anomaly came with it.
  public static Anomaly.Category category(int status) {
    return switch (status) {
      case 401, 403 -> Anomaly.Category.FORBIDDEN;
      case 404 -> Anomaly.Category.NOT_FOUND;
      case 409 -> Anomaly.Category.CONFLICT;
      case 429 -> Anomaly.Category.BUSY;
      case 501 -> Anomaly.Category.UNSUPPORTED;
      case 503 -> Anomaly.Category.UNAVAILABLE;
      default ->
        status >= 400 && status < 500 ? Anomaly.Category.INCORRECT : Anomaly.Category.FAULT;
    };
  }
}
