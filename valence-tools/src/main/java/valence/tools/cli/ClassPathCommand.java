package valence.tools.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import valence.tools.terminal.Terminal;

@Command(
    name = "class-path",
    mixinStandardHelpOptions = true,
    description = "Print the jars to compile and test an application with, without a build tool.",
    footer = {
      "",
      "Examples:",
      "  valence class-path",
      "  java -cp \"$(valence class-path):resources\" src/tea/Shop.java",
      "  java -cp \"$(valence class-path):src:resources\" clojure.main"
    })
final class ClassPathCommand implements Callable<Integer> {
  private final Terminal terminal;

  ClassPathCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    // Those that run this command: they have the api, and a database that runs in any process.
    terminal.line(System.getProperty("java.class.path"));
    return 0;
  }
}
