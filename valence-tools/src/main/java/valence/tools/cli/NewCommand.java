package valence.tools.cli;

import static valence.api.Valence.kw;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.tools.project.Kind;
import valence.tools.project.NewProject;
import valence.tools.terminal.Terminal;

@Command(
    name = "new",
    mixinStandardHelpOptions = true,
    description = "Make a small application that passes its tests and can be pushed at once.",
    footer = {
      "",
      "Examples:",
      "  valence new tea",
      "  valence new tea --kind java",
      "  valence new tea-shop --kind clojure --dir ~/src"
    })
final class NewCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private Format format = new Format();

  @Parameters(
      paramLabel = "NAME",
      description = "Of the application and of its folder: small letters, digits and dashes.")
  private String name = "";

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = {
        "maven: Java, built by Maven (the default).",
        "java: Java in one file, without a build tool.",
        "clojure: Clojure, with a deps.edn."
      },
      defaultValue = "maven")
  private Kind kind = Kind.MAVEN;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where to make its folder; default: here.",
      defaultValue = ".")
  private Path parent = Path.of(".");

  NewCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    NewProject project =
        new NewProject(name, kind, parent, Main.VERSION.substring(Main.VERSION.indexOf(' ') + 1));
    NewProject.Made made = project.make();
    Map<Object, Object> value = new LinkedHashMap<>();
    value.put(kw("folder"), made.folder().toString());
    value.put(kw("kind"), kw(kind.name().toLowerCase(Locale.ROOT)));
    value.put(kw("files"), made.files());
    if (!made.commit().isEmpty()) {
      value.put(kw("commit"), made.commit());
    }
    format.print(terminal, value, () -> print(project, made));
    return 0;
  }

  private void print(NewProject project, NewProject.Made made) {
    Path folder = made.folder().normalize();
    terminal.line("Made " + terminal.bold(folder.toString()) + ", a git repository"
        + (made.commit().isEmpty() ? "" : " with its first commit") + ".");
    made.files().forEach(file -> terminal.line("  " + terminal.dim(file)));
    if (!made.commit().isEmpty()) {
      terminal.line("Go on with");
    } else {
      terminal.line("Nothing is committed yet: " + made.reason() + ". Go on with");
    }
    terminal.line("  cd " + folder);
    if (!made.commit().isEmpty()) {
      terminal.line("  " + project.testCommand());
    } else {
      List.of(
              "git config user.name 'Your name'",
              "git config user.email you@example.org",
              "git commit --message Begin",
              project.testCommand())
          .forEach(line -> terminal.line("  " + line));
    }
    terminal.line("  " + Main.NAME + " dev     " + terminal.dim("while you write it"));
    terminal.line("  " + Main.NAME + " up      " + terminal.dim("to push and deploy it"));
    terminal.line("  " + Main.NAME + " push");
    terminal.line("  " + Main.NAME + " deploy " + project.name() + " --wait");
  }
}
