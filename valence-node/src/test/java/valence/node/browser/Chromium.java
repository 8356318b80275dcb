package valence.node.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.node.lambda.Json;
import valence.wire.json.PlainJson;

/// A browser of its own, with an empty profile. Ends with [#close].
public final class Chromium implements AutoCloseable {
  private static final long ANSWER_SECONDS_MAX = 30;
  private static final String LISTENING = "DevTools listening on ";
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final List<String> FLAGS = List.of(
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
      "--remote-debugging-port=0");

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, CompletableFuture<Map<?, ?>>> asked = new ConcurrentHashMap<>();
  private final Map<String, BiConsumer<String, Map<?, ?>>> listeners = new ConcurrentHashMap<>();

  private Chromium(Path program, Path profile) throws IOException {
    List<String> command = Stream.of(
            Stream.of(program.toString()),
            FLAGS.stream(),
            Stream.of("--user-data-dir=" + profile, "about:blank"))
        .flatMap(each -> each)
        .toList();
    process = new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    var said = new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8));
    String address = address(said);
    Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {})); // a full pipe would block it
    socket = http.newWebSocketBuilder()
        .buildAsync(URI.create(address), new Messages())
        .join();
  }

  /// The browser of this machine; empty when there is none.
  public static Optional<Path> program() {
    return Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "").split(":"))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// @param profile an empty directory
  public static Chromium start(Path program, Path profile) throws IOException {
    return new Chromium(program, profile);
  }

  private static String address(BufferedReader said) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith(LISTENING)) {
        return line.substring(LISTENING.length()).strip();
      }
      all.append(line).append('\n');
    }
    throw new IllegalStateException("Chromium ended before it listened:\n" + all);
  }

  /// A new tab, with storage and cookies of its own.
  public Tab tab() {
    Object context = call("", "Target.createBrowserContext", Map.of()).get("browserContextId");
    Object target = call(
            "",
            "Target.createTarget",
            Map.of("url", "about:blank", "browserContextId", Objects.requireNonNull(context)))
        .get("targetId");
    Object session = call(
            "",
            "Target.attachToTarget",
            Map.of("targetId", Objects.requireNonNull(target), "flatten", true))
        .get("sessionId");
    return new Tab(this, String.valueOf(session));
  }

  void listen(String session, BiConsumer<String, Map<?, ?>> listener) {
    listeners.put(session, listener);
  }

  /// Asks the browser; fails with what it says when it refuses.
  Map<?, ?> call(String session, String method, Map<String, ?> parameters) {
    long id = ids.incrementAndGet();
    var answer = new CompletableFuture<Map<?, ?>>();
    asked.put(id, answer);
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("id", id);
    message.put("method", method);
    message.put("params", parameters);
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    String text = Json.print(message);
    synchronized (socket) { // one message at a time
      socket.sendText(text, true).join();
    }
    Map<?, ?> found = answer.orTimeout(ANSWER_SECONDS_MAX, TimeUnit.SECONDS).join();
    if (found.get("error") != null) {
      throw new IllegalStateException(method + ": " + found.get("error"));
    }
    return found.get("result") instanceof Map<?, ?> result ? result : Map.of();
  }

  private final class Messages implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(
        WebSocket webSocket, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        String whole = text.toString();
        text.setLength(0);
        if (PlainJson.read(whole) instanceof Map<?, ?> message) {
          take(message);
        }
      }
      webSocket.request(1);
      return null;
    }

    private void take(Map<?, ?> message) {
      if (message.get("id") instanceof Long id) {
        var answer = asked.remove(id.longValue());
        if (answer != null) {
          answer.complete(message);
        }
        return;
      }
      var listener = listeners.get(String.valueOf(message.get("sessionId")));
      if (listener != null && message.get("params") instanceof Map<?, ?> parameters) {
        listener.accept(String.valueOf(message.get("method")), parameters);
      }
    }
  }

  @Override
  public void close() {
    try {
      call("", "Browser.close", Map.of());
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } finally {
      socket.abort();
      http.shutdownNow();
    }
  }
}
