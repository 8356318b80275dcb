package valence.tools.dev;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.tools.testing.ToolsDeps;

/// `valence dev` as a process, as a person or an editor runs it, and what it says.
public final class DevRun implements AutoCloseable {
  private static final long WAIT_SECONDS = 120;

  private final Process process;
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final List<String> said = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable String up;

  public DevRun(Path folder, String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        "valence.tools.cli.Main",
        "dev",
        folder.toString(),
        "--json",
        "--api-port",
        "0",
        "--http-port",
        "0"));
    command.addAll(List.of(more));
    for (String name : List.of("maven.repo.local", ToolsDeps.CLASS_PATH_PROPERTY)) {
      String value = System.getProperty(name);
      if (value != null) {
        command.add(1, "-D" + name + "=" + value);
      }
    }
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Thread.ofPlatform().daemon().start(() -> {
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        lines.lines().forEach(events::add);
      } catch (IOException e) {
        events.add("broken: " + e);
      } finally {
        events.add("end of output");
      }
    });
  }

  /// Waits for the next event of a kind that has all of the texts, and gives it.
  String await(String kind, String... texts) throws InterruptedException {
    while (true) {
      String event = events.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      assertThat(event).as("an event %s after %s", kind, said).isNotNull();
      said.add(requireNonNull(event));
      if (event.contains("\"event\":\"" + kind + "\"")) {
        boolean all = true;
        for (String text : texts) {
          all &= event.contains(text);
        }
        if (all) {
          return event;
        }
      }
      assertThat(event)
          .as("before %s %s: %s", kind, List.of(texts), said)
          .isNotEqualTo("end of output");
    }
  }

  /// Waits until the first revision serves.
  public DevRun awaitLive() throws InterruptedException {
    up = await("up");
    await("live");
    return this;
  }

  /// A text or number of an event.
  static String field(String event, String name) {
    Matcher matcher = Pattern.compile("\"" + name + "\":\"?([^\",}]*)").matcher(event);
    assertThat(matcher.find()).as("%s in %s", name, event).isTrue();
    return requireNonNull(matcher.group(1));
  }

  public String get(String path) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(field(requireNonNull(up), "http") + path))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  long nodePid() {
    return Long.parseLong(field(requireNonNull(up), "pid"));
  }

  /// Saves a file as editors do, whole or not at all.
  static void save(Path file, String text) throws IOException {
    Files.createDirectories(requireNonNull(file.getParent()));
    Path part = file.resolveSibling("." + file.getFileName() + ".part");
    Files.writeString(part, text);
    Files.move(part, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private static final Pattern TEST_KIT =
      Pattern.compile("(?s)<dependency>\\s*<!--[^>]*-->\\s*<groupId>dev.valence</groupId>\\s*"
          + "<artifactId>valence-test</artifactId>.*?</dependency>");

  /// Takes the test kit out of an application's pom: its tests aren't run here, so that the kit
  /// need not be in the repository yet.
  public static void withoutTestKit(Path application) throws IOException {
    Path pom = application.resolve("pom.xml");
    save(pom, TEST_KIT.matcher(Files.readString(pom)).replaceFirst(""));
  }

  static void edit(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(from);
    save(file, text.replace(from, to));
  }

  /// Presses Control-C; the status that the process ends with.
  int interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
    assertThat(process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
    return process.exitValue();
  }

  int awaitExit() throws InterruptedException {
    assertThat(process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
    return process.exitValue();
  }

  /// All that was said until its output ended.
  String rest() throws InterruptedException {
    while (!said.contains("end of output")) {
      said.add(requireNonNull(events.poll(WAIT_SECONDS, TimeUnit.SECONDS)));
    }
    return String.join("\n", said);
  }

  @Override
  public void close() throws IOException {
    try {
      if (process.isAlive()) {
        interrupt();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
