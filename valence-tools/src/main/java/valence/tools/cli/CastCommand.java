package valence.tools.cli;

import static valence.api.Valence.kw;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.tools.terminal.Terminal;

@Command(
    name = "cast",
    mixinStandardHelpOptions = true,
    description = "Say which casts a node lets through.",
    footer = {"", "Examples:", "  valence cast dev on --for 10m", "  valence cast dev off"})
final class CastCommand {
  private static final Pattern TIME = Pattern.compile("(\\d{1,5})([smh])");

  private final Terminal terminal;

  CastCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// What may be said of casts for developers.
  enum Switch {
    ON,
    OFF
  }

  @Command(
      name = "dev",
      mixinStandardHelpOptions = true,
      description = "Let casts for developers through for a while; a node drops them otherwise.",
      footer = {"", "Example:", "  valence cast dev on --for 10m"})
  int dev(
      @Mixin SystemOption system,
      @Parameters(paramLabel = "on|off", description = "Whether they pass.") Switch passes,
      @Option(
              names = "--for",
              paramLabel = "TIME",
              description = "Such as 90s, 10m or 2h, a day at most; default: ${DEFAULT-VALUE}.",
              defaultValue = "10m")
          String time) {
    Duration duration = passes == Switch.ON ? duration(time) : Duration.ZERO;
    try (NodeClient node = system.connect()) {
      node.call("dev-casts", Map.of(kw("for-millis"), duration.toMillis()));
    }
    terminal.line(
        passes == Switch.ON
            ? "Casts for developers pass for " + time + "; see them with valence casts --follow."
            : "Casts for developers are dropped.");
    return 0;
  }

  private static Duration duration(String time) {
    Matcher parts = TIME.matcher(time);
    if (!parts.matches()) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "'" + time + "' is no time.",
              "Expected a number and s, m or h, such as 10m.")
          .toException();
    }
    long number = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }
}
