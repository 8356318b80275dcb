package valence.tools.cli;

import java.util.Optional;
import picocli.CommandLine.Option;
import valence.wire.DbValue;

/// Which value of which database a command reads.
final class DatabaseOption {
  @Option(names = "--db", paramLabel = "NAME", required = true, description = "The database.")
  private String name = "";

  @Option(
      names = "--as-of",
      paramLabel = "TIME",
      description = "As it was then: a t, a date, or an instant.")
  private Optional<String> asOf = Optional.empty();

  @Option(names = "--since", paramLabel = "TIME", description = "Only what was said after.")
  private Optional<String> since = Optional.empty();

  @Option(names = "--history", description = "Every assertion and retraction.")
  private boolean history;

  DbValue value() {
    DbValue value = DbValue.newest(name);
    if (asOf.isPresent()) {
      value = value.withAsOf(Argument.timePoint(asOf.get()));
    }
    if (since.isPresent()) {
      value = value.withSince(Argument.timePoint(since.get()));
    }
    return history ? value.withHistory() : value;
  }
}
