package valence.tools.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
  public Integer call() throws IOException {
    // Those that run this command have the api, and a database that runs in any process.
    StringBuilder jars = new StringBuilder(System.getProperty("java.class.path"));
    Path kit = Path.of(System.getProperty("valence.home", "."), "dist", "target", "test");
    if (Files.isDirectory(kit)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(kit, "*.jar")) {
        found.forEach(jar -> jars.append(File.pathSeparatorChar).append(jar));
      }
    }
    terminal.line(jars.toString());
    return 0;
  }
}
