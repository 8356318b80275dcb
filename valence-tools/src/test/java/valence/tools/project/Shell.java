package valence.tools.project;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import valence.tools.process.Command;

/// A user's shell: with `valence`, `java` and `mvn` on its path, which run what this build made,
/// and a name and an address for git.
final class Shell {
  private static final Duration TIMEOUT = Duration.ofMinutes(4);
  private static final int PORT_MIN = 20_000;
  private static final int PORT_MAX = 32_000;
  private static final int PORT_TRIES_MAX = 100;

  private final Path programs;
  private final Map<String, Optional<String>> environment = new HashMap<>();
  private Path directory;

  Shell(Path folder, Path localRepository) throws IOException {
    programs = Files.createDirectories(folder.resolve("programs"));
    directory = Files.createDirectories(folder.resolve("home"));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    program(
        "valence",
        quoted(java) + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m"
            + " -Dvalence.command=valence -Dmaven.repo.local=" + quoted(localRepository)
            + " -cp " + quoted(System.getProperty("java.class.path"))
            + " valence.tools.cli.Main \"$@\"");
    program("java", quoted(java) + " -XX:TieredStopAtLevel=1 -Xmx256m \"$@\"");
    program(
        "mvn",
        "env JAVA_HOME=" + quoted(System.getProperty("java.home"))
            + " MAVEN_OPTS=\"-XX:TieredStopAtLevel=1 -XX:+UseSerialGC $MAVEN_OPTS\" "
            + quoted(found("mvn"))
            + " -Dmaven.repo.local=" + quoted(localRepository) + " \"$@\"");
    environment.put("PATH", Optional.of(programs + File.pathSeparator + System.getenv("PATH")));
    Stream.of("AUTHOR", "COMMITTER").forEach(role -> {
      environment.put("GIT_" + role + "_NAME", Optional.of("Ada"));
      environment.put("GIT_" + role + "_EMAIL", Optional.of("ada@example.org"));
    });
  }

  Path directory() {
    return directory;
  }

  /// Runs a line, as somebody types it; `cd` moves to a folder below.
  Command.Outcome run(String line) {
    if (line.startsWith("cd ")) {
      directory = directory.resolve(line.substring(3).strip());
      return new Command.Outcome(0, "", "");
    }
    return new Command(directory, List.of("sh", "-c", line), environment, TIMEOUT).run();
  }

  /// Runs a line in another terminal, whose output goes to a file.
  Process start(String line, Path output) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", "exec " + line)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile());
    environment.forEach(
        (name, value) -> value.ifPresent(it -> builder.environment().put(name, it)));
    return builder.start();
  }

  /// The same shell, for somebody of whom git knows nothing.
  Shell forgetful() {
    environment.keySet().removeIf(name -> name.startsWith("GIT_"));
    environment.put("HOME", Optional.of(directory.toString()));
    environment.put("GIT_CONFIG_NOSYSTEM", Optional.of("1"));
    environment.put("GIT_CONFIG_COUNT", Optional.of("1"));
    environment.put("GIT_CONFIG_KEY_0", Optional.of("user.useConfigOnly"));
    environment.put("GIT_CONFIG_VALUE_0", Optional.of("true"));
    return this;
  }

  /// A port that nothing listens on, below those that systems give to whoever asks for any: it
  /// stays free until it is used.
  static int freePort() throws IOException {
    for (int tries = 0; ; tries++) {
      int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        if (tries == PORT_TRIES_MAX) {
          throw e;
        }
      }
    }
  }

  private void program(String name, String command) throws IOException {
    Path file = Files.writeString(programs.resolve(name), "#!/bin/sh\nexec " + command + "\n");
    if (!file.toFile().setExecutable(true)) {
      throw new IOException(file + " can't be made executable");
    }
  }

  private static Path found(String program) throws IOException {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      Path file = Path.of(folder, program);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new IOException(program + " isn't on the PATH");
  }

  private static String quoted(Object text) {
    return "'" + text + "'";
  }
}
