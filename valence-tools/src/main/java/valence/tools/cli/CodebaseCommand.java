package valence.tools.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.client.Profile;
import valence.tools.demo.CodebaseDemo;
import valence.tools.demo.History;
import valence.tools.demo.Question;
import valence.tools.terminal.Terminal;

@Command(
    name = "codebase",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "[QUESTION]",
    description = {
      "Read the commit history of a git repository into a database and ask it questions.",
      "Run again, it reads what is new. Without a question it shows some of each kind."
    },
    footer = {
      "",
      "Times are dates such as 2026-01-31 (its first moment, UTC) or 2026-01-31T12:00:00Z.",
      "",
      "Examples:",
      "  valence demo codebase",
      "  valence demo codebase ~/src/git knows Makefile --at 2010-01-01",
      "  valence demo codebase ~/src/git changed --from 2026-01-01 --to 2026-02-01",
      "  valence demo codebase ~/src/git ancestors v2.0.0 --json"
    })
final class CodebaseCommand implements Callable<Integer> {
  private static final int ROWS_SHOWN_MAX = 40;

  private final Terminal terminal;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..1",
      description = "A folder of the git repository; default: this one.",
      defaultValue = ".")
  private Path path = Path.of(".");

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The database of the repository; default: the repository's name.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--profile",
      paramLabel = "FILE|NAME",
      description = {
        "Whose access key to use where the system has principals.",
        "Default: VALENCE_PROFILE of the environment, or else admin of the system, if there is one."
      })
  private Optional<String> profile = Optional.empty();

  @Option(names = "--keep", description = "Leave the system running and say how to use it.")
  private boolean keep;

  @Option(names = "--home", hidden = true, defaultValue = "${sys:valence.home:-.}")
  private Path home = Path.of(".");

  CodebaseCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    demo(history()).run(home, keep);
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Who knows a file, best first.",
      footer = {"", "Example:", "  valence demo codebase ~/src/git knows Makefile"})
  int knows(
      @Parameters(paramLabel = "FILE", description = "As git shows it.") String file,
      @Option(names = "--at", paramLabel = "TIME", description = "As it was then.")
          Optional<String> at,
      @Mixin Format format) {
    return ask(history(), Question.knows(file, at), format);
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Who has changed the most of a file's lines.",
      footer = {"", "Example:", "  valence demo codebase ~/src/git owner Makefile"})
  int owner(
      @Parameters(paramLabel = "FILE", description = "As git shows it.") String file,
      @Option(names = "--at", paramLabel = "TIME", description = "As it was then.")
          Optional<String> at,
      @Mixin Format format) {
    return ask(history(), Question.owner(file, at), format);
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "The files that were changed between two times, most often changed first.",
      footer = {"", "Example:", "  valence demo codebase ~/src/git changed --from 2026-01-01"})
  int changed(
      @Option(names = "--from", paramLabel = "TIME", description = "Default: the beginning.")
          Optional<String> from,
      @Option(names = "--to", paramLabel = "TIME", description = "Default: now.")
          Optional<String> to,
      @Mixin Format format) {
    return ask(history(), Question.changed(from, to), format);
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "The commits between two times, newest first.",
      footer = {"", "Example:", "  valence demo codebase ~/src/git commits --from 2026-01-01"})
  int commits(
      @Option(names = "--from", paramLabel = "TIME", description = "Default: the beginning.")
          Optional<String> from,
      @Option(names = "--to", paramLabel = "TIME", description = "Default: now.")
          Optional<String> to,
      @Mixin Format format) {
    return ask(history(), Question.commits(from, to), format);
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "All commits that a commit rests on, newest first.",
      footer = {"", "Example:", "  valence demo codebase ~/src/git ancestors v2.0.0"})
  int ancestors(
      @Parameters(
              paramLabel = "COMMIT",
              arity = "0..1",
              description = "Whatever git knows it by; default: ${DEFAULT-VALUE}.",
              defaultValue = "HEAD")
          String commit,
      @Mixin Format format) {
    History history = history();
    return ask(history, Question.ancestors(history.commit(commit)), format);
  }

  private CodebaseDemo demo(History history) {
    return new CodebaseDemo(
        terminal, history, profile.or(() -> Optional.ofNullable(System.getenv(Profile.VARIABLE))));
  }

  private History history() {
    History history = History.of(path);
    return name.map(history::named).orElse(history);
  }

  private int ask(History history, Question question, Format format) {
    Question.Answer answer = demo(history).ask(question);
    format.print(terminal, answer.value(), () -> {
      question.table(answer, ROWS_SHOWN_MAX).print(terminal);
      if (answer.count() > ROWS_SHOWN_MAX) {
        terminal.line(terminal.dim(
            String.format(Locale.ROOT, "… and %,d more", answer.count() - ROWS_SHOWN_MAX)));
      }
    });
    return 0;
  }
}
