package valence.tools.solo;

import static valence.api.Valence.kw;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.client.NodeAddress;
import valence.client.NodeClient;

/// A solo system by its name and the folder that it lives in.
public record SoloSystem(String name, Path folder) {
  /// The system that is meant when none is named.
  public static final String DEFAULT_NAME = "solo";

  /// Where a node listens for commands when nothing else is said.
  public static final int API_PORT = 8182;

  /// The principal that a command is of when nobody is named.
  public static final String ADMIN = "admin";

  /// How long a node may take to serve: it replays its log first.
  public static final Duration START_TIMEOUT = Duration.ofMinutes(5);

  /// How long a node may take to end: it lets the calls under way finish.
  public static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

  // What a node takes as a system's name; it is part of paths and of names elsewhere.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,48}");

  private static final String NODE_SAYS = "valence-node: ";
  private static final String NODE_MAIN = "valence.node.Main";

  /// The property that says where a cache of loaded classes for nodes is, if there is one.
  private static final String NODE_CACHE = "valence.node.cache";
  private static final long POLL_MILLIS = 50;
  private static final int LOG_BYTES_SHOWN = 2_000;

  public SoloSystem {
    if (!NAME.matcher(name).matches()) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "\"" + name + "\" can't name a system.",
              "Expected 1 to 48 letters, digits, _ and -.")
          .toException();
    }
  }

  /// Where a system of a name lives when no folder is given.
  public static Path folderOf(Path directory, String name) {
    return directory.resolve(".valence").resolve(name);
  }

  /// The system of a name whose folder is in the directory or in one above it.
  public static SoloSystem above(Path directory, String name) {
    for (Path at = directory; at != null; at = at.getParent()) {
      if (Files.isDirectory(folderOf(at, name))) {
        return new SoloSystem(name, folderOf(at, name));
      }
    }
    return new SoloSystem(name, folderOf(directory, name));
  }

  /// The system's node, if it runs.
  public Optional<RunningNode> running() {
    return RunningNode.in(readyFile());
  }

  /// What it was told to start with.
  public Settings settings() {
    return Settings.read(settingsFile());
  }

  /// Keeps what to start with from the next start on.
  public void keep(Settings settings) {
    settings.write(settingsFile());
  }

  private Path settingsFile() {
    return folder.resolve("config.edn");
  }

  /// Where lines typed into a console are remembered.
  public Path consoleHistory() {
    return folder.resolve("console-history").toAbsolutePath();
  }

  public Path logFile() {
    return folder.resolve("node.log");
  }

  /// Starts the node in the background and waits until it serves.
  ///
  /// @param apiPort  0 for any that is free; so for the other
  /// @param progress is told how it goes, a few words at a time
  public RunningNode start(int apiPort, int httpPort, Consumer<String> progress) {
    return start(Listening.onLoopback(apiPort, httpPort), Stored.PLAINLY, progress);
  }

  /// As [#start(int, int, Consumer)], with doors elsewhere, and the facts elsewhere or encrypted.
  public RunningNode start(Listening listening, Stored stored, Consumer<String> progress) {
    refuseTwice();
    Process process;
    long logBegin;
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(readyFile());
      logBegin = Files.exists(logFile()) ? Files.size(logFile()) : 0;
      process = process(listening, stored)
          .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
          .start();
    } catch (IOException e) {
      throw notStarted(e);
    }
    // For an end that no catch sees, such as Control-C.
    Thread emergency = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(emergency);
    try {
      RunningNode node = awaitReady(process, logBegin, progress);
      Runtime.getRuntime().removeShutdownHook(emergency);
      return node;
    } catch (RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /// Runs the node in the foreground until it ends; its exit status.
  public int run(Listening listening, Stored stored) {
    refuseTwice();
    try {
      Files.createDirectories(folder);
      Process process = process(listening, stored).inheritIO().start();
      // Control-C reaches the node as well: it ends by itself, and this process after it.
      return process.waitFor();
    } catch (IOException e) {
      throw notStarted(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /// Asks the node to end and waits until it has.
  public void stop(RunningNode node) {
    stop(node, node.address());
  }

  /// As [#stop(RunningNode)]. Who may not ask it, but could kill its process, tells that to end: it
  /// answers what is under way then as well.
  public void stop(RunningNode node, NodeAddress address) {
    try (NodeClient client = NodeClient.connect(address)) {
      client.call("shutdown", Map.of());
    } catch (AnomalyException e) {
      if (e.anomaly().category() != Anomaly.Category.FORBIDDEN
          || !ProcessHandle.of(node.pid()).map(ProcessHandle::destroy).orElse(false)) {
        throw e;
      }
    }
    try {
      Optional<ProcessHandle> process = ProcessHandle.of(node.pid());
      if (process.isPresent()) {
        process.get().onExit().get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      }
      Files.deleteIfExists(readyFile());
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (java.util.concurrent.TimeoutException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "The node is still ending after " + STOP_TIMEOUT.toSeconds() + " s.",
              "Its process is " + node.pid() + ", its log " + logFile() + ".")
          .toException(e);
    } catch (java.util.concurrent.ExecutionException | IOException e) {
      throw Anomaly.fault("The node's end couldn't be seen: " + e.getMessage() + ".")
          .toException(e);
    }
  }

  private Path readyFile() {
    return folder.resolve("node.edn");
  }

  /// The system's own storage, where no other is named.
  public Path store() {
    return data().resolve("store");
  }

  /// Where its principals, their keys and the audit log are.
  public Path accessDirectory() {
    return folder.resolve("access").toAbsolutePath();
  }

  /// The file that has the access key of a principal, if it was left there.
  public Path profile(String principal) {
    return folder.resolve("profiles").resolve(principal + ".edn").toAbsolutePath();
  }

  /// The way to a node, asked as who is named, or as `admin` if nobody is and there is one.
  ///
  /// @param profile a principal of this system, or a file
  public NodeAddress address(RunningNode node, Optional<String> profile) {
    if (profile.isEmpty() && !Files.exists(profile(ADMIN))) {
      return node.address();
    }
    return node.address(profileAddress(profile.orElse(ADMIN)));
  }

  /// Whether a profile is given as a file rather than as a principal of this system.
  public boolean isFile(String profile) {
    return !Files.exists(profile(profile));
  }

  /// What a profile says: that of a principal of this system, or a file.
  public NodeAddress profileAddress(String fileOrName) {
    Path file = isFile(fileOrName) ? Path.of(fileOrName) : profile(fileOrName);
    return NodeAddress.of(Map.of(kw("profile"), file.toString()));
  }

  /// Whether its node asks for keys.
  public boolean hasPrincipals() {
    return Files.exists(accessDirectory().resolve("keys.edn"));
  }

  private Path data() {
    return folder.resolve("data").toAbsolutePath();
  }

  private ProcessBuilder process(Listening listening, Stored stored) {
    ProcessBuilder builder = new ProcessBuilder(command(listening, stored));
    stored.putInto(builder.environment());
    return builder;
  }

  private List<String> command(Listening listening, Stored stored) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String cache = System.getProperty(NODE_CACHE, "");
    if (!cache.isEmpty() && Files.isReadable(Path.of(cache))) {
      // A JVM that can't use it goes on without, and is to say nothing of it.
      command.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
    }
    command.addAll(stored.memory());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(NODE_MAIN);
    command.addAll(List.of("--system", name));
    command.addAll(List.of("--folder", data().toString()));
    if (stored.keyFile() != null) {
      command.addAll(List.of("--key-file", stored.keyFile().toAbsolutePath().toString()));
    }
    command.addAll(stored.caching());
    command.addAll(listening.arguments());
    command.addAll(List.of("--access-dir", accessDirectory().toString()));
    command.addAll(List.of("--ready-file", readyFile().toAbsolutePath().toString()));
    return command;
  }

  private void refuseTwice() {
    running().ifPresent(node -> {
      throw Anomaly.of(
              Anomaly.Category.CONFLICT,
              "System " + name + " runs already, as process " + node.pid() + ".",
              "Its api is at " + node.api() + ". Stop it with `valence down`.")
          .toException();
    });
  }

  private RunningNode awaitReady(Process process, long logBegin, Consumer<String> progress) {
    long begun = System.nanoTime();
    while (true) {
      Optional<RunningNode> node = running();
      if (node.isPresent()) {
        return node.get();
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - begun);
      progress.accept("waiting for the node, " + waited.toSeconds() + " s");
      try {
        if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          throw ended(process.exitValue(), said(logBegin));
        }
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
      if (waited.compareTo(START_TIMEOUT) > 0) {
        throw Anomaly.of(
                Anomaly.Category.UNAVAILABLE,
                "The node doesn't serve after " + START_TIMEOUT.toSeconds() + " s.",
                "It was stopped; its log is " + logFile() + ".")
            .toException();
      }
    }
  }

  /// Why a node ended before it served: its own last word, or else the end of its log.
  private AnomalyException ended(int status, String said) {
    Optional<String> why = said.lines()
        .filter(line -> line.startsWith(NODE_SAYS))
        .reduce((_, last) -> last)
        .map(line -> line.substring(NODE_SAYS.length()));
    // What a node says of itself is about what it was told; an end without a word is no decision.
    return why.map(
            words -> Anomaly.of(Anomaly.Category.INCORRECT, "The node didn't start. " + words))
        .orElseGet(() -> Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "The node didn't start. It ended with status " + status + "; the end of its log, "
                + logFile() + ":\n" + said))
        .toException();
  }

  private AnomalyException notStarted(IOException cause) {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "The node can't be started in " + folder + ": " + cause + ".",
            "Expected a folder that can be written.",
            "Check it, or choose another with --dir.")
        .toException(cause);
  }

  /// What the node wrote into its log from a position on; of much, the end.
  private String said(long begin) {
    try (SeekableByteChannel log = Files.newByteChannel(logFile())) {
      log.position(Math.max(begin, log.size() - LOG_BYTES_SHOWN));
      ByteBuffer end = ByteBuffer.allocate(LOG_BYTES_SHOWN);
      while (end.hasRemaining() && log.read(end) >= 0) {}
      return StandardCharsets.UTF_8.decode(end.flip()).toString().strip();
    } catch (IOException e) {
      return "(unreadable: " + e + ")";
    }
  }

  private static RuntimeException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return Anomaly.of(Anomaly.Category.INTERRUPTED, "Waiting for the node was interrupted.")
        .toException(e);
  }
}
