package valence.tools.dev;

import static java.util.Objects.requireNonNull;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.wire.Fields;

/// The process that runs the application. Its standard streams are the way to it: who holds them
/// says what it loads, and nobody else can.
final class DevNode implements AutoCloseable {
  private static final String MAIN = "valence.node.DevMain";

  /// The property that says where a cache of loaded classes for nodes is, if there is one.
  private static final String NODE_CACHE = "valence.node.cache";

  private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration LOAD_TIMEOUT = Duration.ofMinutes(15);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(40);
  private static final int LOG_CHARACTERS_SHOWN = 2_000;

  /// Statuses of a process that was asked to end: by its input or the network, by INT, by TERM.
  private static final Set<Integer> ENDS_AS_TOLD = Set.of(0, 130, 143);

  private final Process process;
  private final Path log;
  private final BufferedWriter messages;
  private final CompletableFuture<Fields> up = new CompletableFuture<>();
  private final AtomicReference<CompletableFuture<Fields>> loading =
      new AtomicReference<>(new CompletableFuture<>());
  private final Thread reader;

  /// How it is started.
  ///
  /// @param memory    whether the facts last as long as the process only
  /// @param debugPort where a debugger may attach, 0 for any port; null for nowhere
  record Start(
      Path folder,
      boolean memory,
      @Nullable String storage,
      String group,
      int apiPort,
      int httpPort,
      @Nullable Integer debugPort) {
    List<String> command() {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      String cache = System.getProperty(NODE_CACHE, "");
      if (!cache.isEmpty() && Files.isReadable(Path.of(cache)) && debugPort == null) {
        command.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
      }
      if (debugPort != null) {
        command.add(
            "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + debugPort);
      }
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
      if (memory) {
        command.add("--memory");
      }
      command.addAll(List.of(
          "--system",
          DevSession.SYSTEM,
          "--folder",
          folder.resolve("data").toString(),
          "--access-dir",
          folder.resolve("access").toString(),
          "--group",
          group,
          "--api-port",
          String.valueOf(apiPort),
          "--http-port",
          String.valueOf(httpPort),
          "--ready-file",
          folder.resolve("node.edn").toString()));
      return command;
    }
  }

  private DevNode(Process process, Path log, Consumer<Map<?, ?>> events) {
    this.process = process;
    this.log = log;
    this.messages = process.outputWriter(StandardCharsets.UTF_8);
    this.reader = Thread.ofPlatform()
        .name("events")
        .daemon()
        .start(() -> read(process.inputReader(StandardCharsets.UTF_8), events));
  }

  /// Starts the process and waits until it serves.
  ///
  /// @param events is told what the process tells, on a thread of its own
  static DevNode start(Start start, Consumer<Map<?, ?>> events) throws IOException {
    Path log = start.folder().resolve("node.log");
    ProcessBuilder builder =
        new ProcessBuilder(start.command()).redirectError(ProcessBuilder.Redirect.to(log.toFile()));
    builder.environment().remove("VALENCE_STORAGE");
    if (start.storage() != null) {
      builder.environment().put("VALENCE_STORAGE", start.storage());
    }
    DevNode node = new DevNode(builder.start(), log, events);
    try {
      node.answer(node.up, START_TIMEOUT, "serve");
      return node;
    } catch (RuntimeException e) {
      node.process.destroyForcibly();
      throw e;
    }
  }

  private void read(BufferedReader lines, Consumer<Map<?, ?>> events) {
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // What the JVM itself says, such as where a debugger may attach, isn't of the feed.
        Map<?, ?> event = line.startsWith("{:event ") && Edn.read(line) instanceof Map<?, ?> told
            ? told
            : Map.of(kw("event"), kw("printed"), kw("text"), line);
        Keyword kind = event.get(kw("event")) instanceof Keyword keyword ? keyword : kw("printed");
        switch (kind.getName()) {
          case "up" -> up.complete(Fields.of("up", event));
          case "live", "refused" ->
            requireNonNull(loading.get()).complete(Fields.of("loaded", event));
          default -> events.accept(event);
        }
      }
    } catch (IOException e) {
      events.accept(
          Map.of(kw("event"), kw("warned"), kw("message"), "The node's words broke off: " + e));
    } finally {
      up.completeExceptionally(new IllegalStateException("ended"));
      requireNonNull(loading.get()).completeExceptionally(new IllegalStateException("ended"));
      events.accept(Map.of(kw("event"), kw("ended")));
    }
  }

  /// Where it listens.
  Fields up() {
    return up.join();
  }

  /// Lets it load a generation; its answer, `live` or `refused`.
  Fields load(Generation generation, String config) {
    Map<Keyword, Object> message = new LinkedHashMap<>();
    message.put(kw("load"), "dev/" + generation.number());
    message.put(kw("config"), config);
    message.put(
        kw("class-path"), generation.classPath().stream().map(Path::toString).toList());
    CompletableFuture<Fields> answer = new CompletableFuture<>();
    loading.set(answer);
    tell(message);
    return answer(answer, LOAD_TIMEOUT, "load the application");
  }

  /// Says which generation will be loaded next, whose folder is still empty.
  void announce(int number, List<Path> classPath) {
    Map<Keyword, Object> message = new LinkedHashMap<>();
    message.put(kw("ahead"), "dev/" + number);
    message.put(kw("class-path"), classPath.stream().map(Path::toString).toList());
    tell(message);
  }

  private void tell(Map<Keyword, Object> message) {
    try {
      messages.write(Edn.print(message) + "\n");
      messages.flush();
    } catch (IOException e) {
      throw ended(e);
    }
  }

  private Fields answer(CompletableFuture<Fields> future, Duration limit, String what) {
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw ended(e);
    } catch (TimeoutException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "The node didn't " + what + " within " + limit.toSeconds() + " s.",
              "Its log is " + log + "; a class that loads may wait for something.")
          .toException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "Waiting for the node was interrupted.")
          .toException(e);
    }
  }

  /// Why the process ended: its own last word, or else the end of its log.
  AnomalyException ended(@Nullable Throwable cause) {
    String said;
    try {
      process.waitFor(2, TimeUnit.SECONDS);
      said = Files.readString(log).strip();
    } catch (IOException e) {
      said = "(its log can't be read: " + e + ")";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      said = "";
    }
    Optional<String> own = said.lines()
        .filter(line -> line.startsWith("valence-node: "))
        .reduce((_, last) -> last)
        .map(line -> line.substring("valence-node: ".length()));
    String end = said.substring(Math.max(0, said.length() - LOG_CHARACTERS_SHOWN));
    Anomaly anomaly = own.map(
            words -> Anomaly.of(Anomaly.Category.INCORRECT, "The node didn't start. " + words))
        .orElseGet(() -> Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "The node ended; the end of its log, " + log + ":\n" + end));
    return cause == null ? anomaly.toException() : anomaly.toException(cause);
  }

  /// Whether it ended because somebody wanted that: Control-C, a signal, `valence down`.
  boolean endedAsTold() throws InterruptedException {
    return process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        && ENDS_AS_TOLD.contains(process.exitValue());
  }

  long pid() {
    return process.pid();
  }

  /// Ends the process, once the calls under way are answered.
  @Override
  public void close() {
    try {
      messages.close(); // the end of its input is its end
    } catch (IOException e) {
      process.destroy(); // it reads no more, so it has to be told in another way
    }
    try {
      if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
      reader.join(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
