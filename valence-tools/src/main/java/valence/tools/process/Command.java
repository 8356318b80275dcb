package valence.tools.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// A program to run to its end.
///
/// @param environment what differs from our own; empty removes a variable
/// @param timeout     after which the program and all that it started are killed
public record Command(
    Path directory,
    List<String> words,
    Map<String, Optional<String>> environment,
    Duration timeout) {
  /// How much of each output stream is kept; of a longer one, the end.
  public static final int OUTPUT_BYTES_MAX = 8 << 20;

  public Command {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  /// How a program ended.
  public record Outcome(int status, String out, String err) {}

  public Command withEnvironment(Map<String, Optional<String>> changes) {
    Map<String, Optional<String>> all = new HashMap<>(environment);
    all.putAll(changes);
    return new Command(directory, words, all, timeout);
  }

  /// Runs the program without input. `not-found` when there is none of that name, `unavailable`
  /// when it didn't end in time.
  public Outcome run() {
    Process process = start();
    try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        process.getOutputStream().close();
        Future<String> out = readers.submit(() -> tail(process.getInputStream()));
        Future<String> err = readers.submit(() -> tail(process.getErrorStream()));
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
          throw tooSlow();
        }
        return new Outcome(process.exitValue(), out.get(), err.get());
      } finally {
        kill(process); // before the readers are waited for: they read until it is gone
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "`" + shown() + "` was interrupted.")
          .toException(e);
    } catch (IOException | ExecutionException e) {
      throw failed(e);
    }
  }

  /// Reads what a program writes.
  public interface Reader<T> {
    T read(InputStream out) throws IOException;
  }

  /// Runs the program without input and hands on what it writes while it writes it, however much
  /// that is. `unavailable` with the program's own words when it ends with another status than 0.
  ///
  /// The reader may take as long as it likes; the timeout begins when it has returned. A reader
  /// that throws ends the program.
  public <T> T stream(Reader<T> reader) {
    Process process = start();
    try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        process.getOutputStream().close();
        Future<String> err = readers.submit(() -> tail(process.getErrorStream()));
        T result = reader.read(process.getInputStream());
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
          throw tooSlow();
        }
        if (process.exitValue() != 0) {
          throw Anomaly.of(
                  Anomaly.Category.UNAVAILABLE,
                  "`" + shown() + "` failed: " + err.get().strip() + ".")
              .toException();
        }
        return result;
      } finally {
        kill(process);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "`" + shown() + "` was interrupted.")
          .toException(e);
    } catch (IOException | ExecutionException e) {
      throw failed(e);
    }
  }

  private AnomalyException tooSlow() {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "`" + shown() + "` didn't end within " + timeout.toSeconds() + " s.",
            "It was stopped.")
        .toException();
  }

  private Process start() {
    ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
    environment.forEach((name, value) -> value.ifPresentOrElse(
        text -> builder.environment().put(name, text),
        () -> builder.environment().remove(name)));
    try {
      return builder.start();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private AnomalyException failed(Exception cause) {
    return Anomaly.of(
            Anomaly.Category.NOT_FOUND,
            "`" + shown() + "` can't be run: " + cause.getMessage() + ".",
            "Check that " + words.getFirst() + " is installed and on the PATH.")
        .toException(cause);
  }

  private static void kill(Process process) {
    if (process.isAlive()) {
      List<ProcessHandle> started = new ArrayList<>(process.descendants().toList());
      Collections.reverse(started);
      started.forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String tail(InputStream in) throws IOException {
    byte[] kept = new byte[0];
    while (true) {
      byte[] more = in.readNBytes(OUTPUT_BYTES_MAX);
      if (more.length < OUTPUT_BYTES_MAX) {
        byte[] all = new byte[kept.length + more.length];
        System.arraycopy(kept, 0, all, 0, kept.length);
        System.arraycopy(more, 0, all, kept.length, more.length);
        int from = Math.max(0, all.length - OUTPUT_BYTES_MAX);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8);
      }
      kept = more;
    }
  }

  /// The command as a message may show it.
  public String shown() {
    return String.join(" ", words.subList(0, Math.min(words.size(), 4)))
        + (words.size() > 4 ? " …" : "");
  }
}
