package valence.tools.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;
import valence.api.AnomalyException;
import valence.tools.terminal.Terminal;

/// The command line's beginning and end.
@Command(
    name = "valence",
    mixinStandardHelpOptions = true,
    version = "valence 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    description = "An immutable database of facts that runs your application.",
    footer = {
      "",
      "Besides these: valence conformance DIR runs a conformance corpus,",
      "valence node runs a node in this process. See also docs/guide."
    })
public final class Main implements Runnable {
  /// How this program was called, so that what it tells to type can be typed.
  static final String NAME = System.getProperty("valence.command", "valence");

  private static final int FAILED = 1;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  private Main() {}

  public static void main(String[] words) {
    System.exit(run(Terminal.ofProcess(), words));
  }

  /// Runs one command; the status to end with.
  static int run(Terminal terminal, String... words) {
    return new CommandLine(new Main())
        .addSubcommand(new QuickstartCommand(terminal))
        .addSubcommand(
            new CommandLine(new DemoCommand()).addSubcommand(new CodebaseCommand(terminal)))
        .addSubcommand(new UpCommand(terminal))
        .addSubcommand(new DownCommand(terminal))
        .addSubcommand(new AccessCommand(terminal))
        .addSubcommand(new KeysCommand(terminal))
        .addSubcommand(new BackupCommand(terminal))
        .addSubcommand(new RestoreCommand(terminal))
        .addSubcommand(new VerifyCommand(terminal))
        .addSubcommand(new InspectCommand(terminal))
        .addSubcommand(new StatusCommand(terminal))
        .addSubcommand(new DatabasesCommand(terminal))
        .addSubcommand(new QueryCommand(terminal))
        .addSubcommand(new ExplainCommand(terminal))
        .addSubcommand(new PullCommand(terminal))
        .addSubcommand(new TransactCommand(terminal))
        .addSubcommand(new LogCommand(terminal))
        .addSubcommand(new PushCommand(terminal))
        .addSubcommand(new DeployCommand(terminal))
        .addSubcommand(new DeployStatusCommand(terminal))
        .addSubcommand(new InvokeCommand(terminal))
        .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(
            UUID.class,
            text -> converted(text, UUID::fromString, "an id such as " + new UUID(0, 1)))
        .registerConverter(URI.class, text -> converted(text, URI::create, "an address"))
        .registerConverter(Long.class, text -> converted(text, Long::valueOf, "a whole number"))
        .registerConverter(long.class, text -> converted(text, Long::valueOf, "a whole number"))
        .registerConverter(int.class, text -> converted(text, Integer::valueOf, "a whole number"))
        .setExpandAtFiles(false) // commands read @FILE themselves, as one argument
        .setParameterExceptionHandler((mistake, _) -> misused(terminal, mistake))
        .setExecutionExceptionHandler((failure, _, _) -> failed(terminal, failure))
        .execute(words);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  private static <T> T converted(String text, Function<String, T> conversion, String expected) {
    try {
      return conversion.apply(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "' isn't " + expected + ".");
    }
  }

  private static int misused(Terminal terminal, ParameterException mistake) {
    CommandLine command = mistake.getCommandLine();
    String what = oneLine(mistake).replaceFirst("^Error: ", "");
    if (mistake instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      String first = unmatched.getUnmatched().getFirst();
      what = command.getSubcommands().isEmpty()
          ? "'" + first + "' is one argument too many."
          : "There is no command '" + first + "'.";
    }
    String name = command.getCommandSpec().qualifiedName().replaceFirst("^valence", NAME);
    String end = what.endsWith(".") || what.endsWith("?") ? "" : ".";
    terminal.err().println(terminal.red("valence: ") + what + end + " See `" + name + " --help`.");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int failed(Terminal terminal, Exception failure) {
    terminal.endProgress();
    if (failure instanceof AnomalyException known) {
      terminal.err().println(terminal.red("valence: ") + known.anomaly().message());
    } else {
      terminal
          .err()
          .println(terminal.red("valence: ")
              + "This is a defect of Valence: "
              + oneLine(failure)
              + " Details are in "
              + kept(failure)
              + ".");
    }
    return FAILED;
  }

  /// The file that a failure's stack trace was written to.
  private static Path kept(Exception failure) {
    try {
      Path file = Files.createTempFile("valence-defect", ".txt");
      try (PrintWriter out = new PrintWriter(file.toFile(), StandardCharsets.UTF_8)) {
        failure.printStackTrace(out);
      }
      return file;
    } catch (IOException e) {
      failure.addSuppressed(e);
      throw new UncheckedIOException(e);
    }
  }

  private static String oneLine(Exception failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }
}
