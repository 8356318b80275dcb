package valence.tools.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import valence.api.Anomaly;
import valence.tools.solo.KeyTool;
import valence.tools.solo.Stored;
import valence.tools.terminal.Terminal;

@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Make and change the keys of facts that are encrypted at rest.",
    footer = {
      "",
      "Example:",
      "  valence keys generate /etc/valence/keys",
      "",
      "Keys of who may ask a node are made by valence access."
    })
final class KeysCommand implements Runnable {
  private final Terminal terminal;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  KeysCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  @Command(
      name = "generate",
      mixinStandardHelpOptions = true,
      description = "Make a key file. Keep a copy: without it the facts are lost.",
      footer = {"", "Example:", "  valence keys generate /etc/valence/keys"})
  int generate(@Parameters(paramLabel = "FILE", description = "The file to make.") Path file) {
    KeyTool.run("generate", file, Stored.PLAINLY);
    terminal.line("Made " + file + ". Keep a copy elsewhere: without it the facts are lost.");
    return 0;
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Put a new key into a key file, used from the next rotation on.",
      footer = {"", "Example:", "  valence keys add /etc/valence/keys"})
  int add(@Parameters(paramLabel = "FILE", description = "A key file.") Path file) {
    KeyTool.run("add", file, Stored.PLAINLY);
    terminal.line("Added a key to " + file + ". Use it with `" + Main.NAME + " keys rotate`.");
    return 0;
  }

  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = {
        "Encrypt what is written from now on by a new data key, and wrap all data keys by the",
        "newest key of the file. Nothing is written again. The system has to be down, unless",
        "its facts are in PostgreSQL."
      },
      footer = {"", "Example:", "  valence keys rotate --key-file /etc/valence/keys"})
  int rotate(@Mixin SoloOption system, @Mixin StoredOption storage) {
    Stored stored = storage.stored(system.found());
    Path file = stored.keyFile();
    if (file == null) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "No key file is named.",
              "Say which encrypts the facts, with --key-file.")
          .toException();
    }
    KeyTool.run("rotate", file, stored);
    terminal.line("Rotated. Keys of " + file + " before its last are of no more use.");
    return 0;
  }
}
