package valence.tools.cli;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.UsageMessageSpec;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;

/// What help shows: all commands at a glance, and a manual page of one.
final class Pages {
  private static final String INDENT = "    ";
  private static final int WIDTH = 90;

  private Pages() {}

  /// All commands, by what they are about.
  static void overview(Terminal terminal) {
    terminal.line(terminal.bold("Valence") + ", an immutable database of facts that runs your"
        + " application.");
    terminal.line("");
    terminal.line("Usage: valence COMMAND [ARGUMENT...]");
    for (Catalog.Group group : Catalog.Group.values()) {
      terminal.line("");
      terminal.line(terminal.bold(group.title()));
      for (Catalog each : Catalog.values()) {
        if (each.group() == group) {
          String padding = " ".repeat(15 - each.word().length());
          terminal.line("  " + terminal.cyan(each.word()) + padding + each.summary());
        }
      }
    }
    for (String line : List.of(
        "",
        "Try",
        "  valence up                        start a system in this folder",
        "  valence db create shop            make a database",
        "  valence import items.csv --db shop --key sku",
        "  valence console --db shop         look around",
        "",
        "`valence help COMMAND` explains one. Most take --json or --edn for programs.")) {
      terminal.line(line);
    }
  }

  /// One command as a manual page.
  static void manual(Terminal terminal, CommandLine command) {
    Help help = command.getHelp();
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    String name = command.getCommandSpec().qualifiedName();
    String[] description = usage.description();
    section(terminal, "NAME", wrapped(name + " - " + firstSentence(String.join(" ", description))));
    section(terminal, "SYNOPSIS", help.synopsis(0));
    section(terminal, "DESCRIPTION", String.join("\n", description));
    if (!command.getSubcommands().isEmpty()) {
      section(terminal, "COMMANDS", help.commandList());
    }
    section(terminal, "ARGUMENTS", help.parameterList());
    section(terminal, "OPTIONS", help.optionList());
    section(terminal, "EXAMPLES", examples(usage.footer()));
    Table statuses = new Table(List.of("status", "meaning"));
    for (ExitStatus each : ExitStatus.values()) {
      statuses.row(List.of(each.code(), each.meaning()));
    }
    section(terminal, "EXIT STATUS", String.join("\n", statuses.lines()));
    section(terminal, "ENVIRONMENT", """
        NO_COLOR         no colours, whatever the terminal
        VALENCE_PROFILE  whose access key to use
        VALENCE_STORAGE  where the facts are, for commands that open them""");
  }

  /// What a footer says without its headings, which the page has already.
  private static String examples(String[] footer) {
    return String.join(
        "\n",
        Arrays.stream(footer)
            .map(line -> line.formatted())
            .filter(line -> !line.isBlank() && !line.matches("Examples?:"))
            .map(line -> line.startsWith("  ") ? line.substring(2) : line)
            .toList());
  }

  private static String firstSentence(String text) {
    int end = text.indexOf(". ");
    return end < 0 ? text : text.substring(0, end + 1);
  }

  /// A text over lines, broken between words.
  private static String wrapped(String text) {
    StringBuilder out = new StringBuilder();
    int length = 0;
    for (String word : text.split(" ")) {
      if (length > 0 && length + 1 + word.length() > WIDTH) {
        out.append("\n    ");
        length = 4;
      } else if (length > 0) {
        out.append(' ');
        length++;
      }
      out.append(word);
      length += word.length();
    }
    return out.toString();
  }

  private static void section(Terminal terminal, String title, String text) {
    if (text.isBlank()) {
      return;
    }
    terminal.line(terminal.bold(title));
    text.stripTrailing().lines().forEach(line -> terminal.line(INDENT + line));
    terminal.line("");
  }
}
