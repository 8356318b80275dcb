package valence.tools.cli;

import clojure.lang.Keyword;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.tools.terminal.Json;
import valence.tools.terminal.Terminal;
import valence.wire.EdnBody;

/// The command line's beginning and end.
public final class Main {
  /// How this program was called, so that what it tells to type can be typed.
  static final String NAME = System.getProperty("valence.command", "valence");

  static final String VERSION = "valence 0.1.0";

  private static final String ROOT = "valence";

  /// How picocli refuses a word that is none of several.
  private static final Pattern CHOICE =
      Pattern.compile("expected one of \\[(.*)] \\(case-insensitive\\) but was '(.*)'");

  private Main() {}

  public static void main(String[] words) {
    System.exit(run(Terminal.ofProcess(), words));
  }

  /// Runs one command; the status to end with.
  static int run(Terminal terminal, String... words) {
    String first = words.length == 0 ? "" : words[0];
    switch (first) {
      case "" -> {
        return refused(terminal, ROOT, "Which command?");
      }
      case "--help", "-h" -> {
        Pages.overview(terminal);
        return ExitStatus.DONE.code();
      }
      case "--version", "-V" -> {
        terminal.line(VERSION);
        return ExitStatus.DONE.code();
      }
      default -> {
        Optional<Catalog> command = Catalog.of(first);
        if (command.isPresent()) {
          return root(terminal, command.get()).execute(words);
        }
        boolean option = first.startsWith("-");
        return refused(
            terminal,
            ROOT,
            (option ? "There is no option '" : "There is no command '") + first + "'."
                + meant(first, option ? List.of("--help", "--version") : Catalog.words()));
      }
    }
  }

  /// The command line with one of its commands.
  static CommandLine root(Terminal terminal, Catalog command) {
    CommandLine root = new CommandLine(CommandSpec.create().name(ROOT));
    root.addSubcommand(command.command(terminal))
        .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setColorScheme(Help.defaultColorScheme(terminal.colours() ? Help.Ansi.ON : Help.Ansi.OFF))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(
            UUID.class,
            text -> converted(text, UUID::fromString, "an id such as " + new UUID(0, 1)))
        .registerConverter(URI.class, text -> converted(text, URI::create, "an address"))
        .registerConverter(Long.class, text -> converted(text, Long::valueOf, "a whole number"))
        .registerConverter(long.class, text -> converted(text, Long::valueOf, "a whole number"))
        .registerConverter(int.class, text -> converted(text, Integer::valueOf, "a whole number"))
        .registerConverter(
            Integer.class, text -> converted(text, Integer::valueOf, "a whole number"))
        .setExpandAtFiles(false) // commands read @FILE themselves, as one argument
        .setParameterExceptionHandler((mistake, _) -> misused(terminal, mistake))
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> failed(terminal, failure, line, parsed));
    versioned(root);
    return root;
  }

  private static void versioned(CommandLine command) {
    command.getCommandSpec().version(VERSION);
    command.getSubcommands().values().forEach(Main::versioned);
  }

  private static <T> T converted(String text, Function<String, T> conversion, String expected) {
    try {
      return conversion.apply(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "' isn't " + expected + ".");
    }
  }

  private static String meant(String word, Collection<String> known) {
    return Nearest.to(word, known).map(near -> " Did you mean '" + near + "'?").orElse("");
  }

  private static int misused(Terminal terminal, ParameterException mistake) {
    CommandLine command = mistake.getCommandLine();
    String what = oneLine(mistake).replaceFirst("^Error: ", "");
    Matcher choice = CHOICE.matcher(what);
    if (choice.find()) {
      what = "'" + choice.group(2) + "' isn't expected here. Expected one of "
          + choice.group(1).toLowerCase(Locale.ROOT) + ".";
    }
    List<String> unmatched = mistake instanceof UnmatchedArgumentException told
        ? told.getUnmatched()
        : command.getUnmatchedArguments();
    // A misspelt option is told before the required one that it was meant to be.
    if (!unmatched.isEmpty()) {
      String first = unmatched.getFirst();
      if (first.startsWith("-") && first.length() > 1) {
        int value = first.indexOf('=');
        String option = value < 0 ? first : first.substring(0, value);
        what = "There is no option '" + option + "'."
            + meant(option, command.getCommandSpec().optionsMap().keySet());
      } else {
        what = command.getSubcommands().isEmpty()
            ? "'" + first + "' is one argument too many."
            : "There is no command '" + first + "'."
                + meant(first, command.getSubcommands().keySet());
      }
    }
    return refused(terminal, command.getCommandSpec().qualifiedName(), what);
  }

  private static int refused(Terminal terminal, String command, String what) {
    String name = command.replaceFirst("^" + ROOT, Matcher.quoteReplacement(NAME));
    String end = what.endsWith(".") || what.endsWith("?") ? "" : ".";
    terminal
        .err()
        .println(terminal.alarm("valence: ") + what + end + " See `" + name + " --help`.");
    return ExitStatus.MISUSED.code();
  }

  private static int failed(
      Terminal terminal, Exception failure, CommandLine command, ParseResult parsed) {
    terminal.endProgress();
    if (failure instanceof AnomalyException known) {
      tell(terminal, known.anomaly(), command, parsed);
      return ExitStatus.of(known.anomaly().category()).code();
    }
    terminal
        .err()
        .println(terminal.alarm("valence: ")
            + "This is a defect of Valence: "
            + oneLine(failure)
            + " Details are in "
            + kept(failure)
            + ".");
    return ExitStatus.DEFECT.code();
  }

  /// A failure in words; as a value of its own for who asked for values.
  private static void tell(
      Terminal terminal, Anomaly anomaly, CommandLine command, ParseResult parsed) {
    boolean json = isAsked(command, parsed, "--json");
    if (!json && !isAsked(command, parsed, "--edn")) {
      terminal.err().println(terminal.alarm("valence: ") + anomaly.message());
      return;
    }
    Map<Object, Object> value = new LinkedHashMap<>();
    value.put(
        Keyword.intern("category"), Keyword.intern(anomaly.category().keyword().getName()));
    anomaly.error().ifPresent(error -> value.put(Keyword.intern("error"), error));
    value.put(Keyword.intern("message"), anomaly.message());
    for (Keyword list : List.of(Keyword.intern("reasons"), Keyword.intern("warnings"))) {
      if (anomaly.data().get(list) instanceof List<?> all) {
        value.put(list, all);
      }
    }
    terminal.err().println(json ? Json.print(value) : EdnBody.text(value));
  }

  private static boolean isAsked(CommandLine command, ParseResult parsed, String option) {
    if (!command.getCommandSpec().optionsMap().containsKey(option)) {
      return false;
    }
    for (ParseResult at = parsed; at != null; at = at.subcommand()) {
      if (at.hasMatchedOption(option)) {
        return true;
      }
    }
    return false;
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
