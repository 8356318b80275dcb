package valence.node.http;

import java.time.Duration;

/// How long a door waits for the other side.
///
/// @param quiet           for a request, from the connection's begin or the last answer on, however
///     steadily its header drips
/// @param quietCrowded    the same when most connections that a door takes are there
/// @param grace           how long a body or an answer may crawl before its rate counts
/// @param bytesPerSecond  the least rate of bodies and answers
public record Patience(Duration quiet, Duration quietCrowded, Duration grace, long bytesPerSecond) {
  public static final Patience DEFAULT =
      new Patience(Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofSeconds(10), 1_024);

  /// How often the files of a certificate are looked at.
  Duration renewal() {
    return quiet;
  }

  /// Whether so many bytes took too long.
  boolean tooSlow(long bytes, long nanos) {
    return nanos > grace.toNanos()
        && (double) bytes / bytesPerSecond * 1e9 < (double) (nanos - grace.toNanos());
  }

  /// How long an answer of so many bytes may take to be taken in.
  Duration forAnswer(long bytes) {
    return quiet.plus(grace).plusSeconds(bytes / bytesPerSecond);
  }
}
