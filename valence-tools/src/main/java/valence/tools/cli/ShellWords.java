package valence.tools.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import valence.tools.terminal.Terminal;

/// What may be typed behind a command.
///
/// @param path     the command, such as `db` or `db create`
/// @param summary  what it does, in a line
/// @param commands those below it, or what help is there for, with what they do
/// @param options  with what they are for
/// @param files    whether an argument may be a file
record ShellWords(
    String path,
    String summary,
    Map<String, String> commands,
    Map<String, String> options,
    boolean files) {
  ShellWords {
    commands = new LinkedHashMap<>(commands);
    options = new LinkedHashMap<>(options);
  }

  /// Those of all commands and the ones below.
  static List<ShellWords> all(Terminal terminal) {
    List<ShellWords> all = new ArrayList<>();
    for (Catalog each : Catalog.values()) {
      CommandLine command = Main.root(terminal, each).getSubcommands().get(each.word());
      if (command != null) {
        all.add(of(each.word(), each.summary(), command));
        command
            .getSubcommands()
            .forEach((word, below) -> all.add(of(each.word() + " " + word, summary(below), below)));
      }
    }
    return all;
  }

  private static String summary(CommandLine command) {
    String[] description = command.getCommandSpec().usageMessage().description();
    return description.length == 0 ? "" : description[0].replaceAll("\\.$", "");
  }

  private static ShellWords of(String path, String summary, CommandLine command) {
    Map<String, String> commands = new LinkedHashMap<>();
    if (path.equals("help")) {
      for (Catalog each : Catalog.values()) {
        commands.put(each.word(), each.summary());
      }
    }
    command.getSubcommands().forEach((word, below) -> commands.put(word, summary(below)));
    Map<String, String> options = new LinkedHashMap<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden()) {
        String[] description = option.description();
        options.put(
            option.longestName(),
            description.length == 0
                ? ""
                : CommandLine.Help.Ansi.OFF.string(description[0]).replaceAll("\\$\\{.*?}", "…"));
      }
    }
    boolean files = command.getCommandSpec().positionalParameters().stream()
        .anyMatch(each -> each.paramLabel().matches("FILE|DIR|FOLDER|PATH"));
    return new ShellWords(path, summary, commands, options, files);
  }
}
