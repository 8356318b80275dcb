package valence.node.source;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import valence.api.Anomaly;
import valence.wire.ion.Origin;

/// Tells of files that came, changed or went in a directory and those below it.
///
/// It looks again and again: notices of the operating system get lost, and aren't there for a
/// directory of the network. A file is told of when it has stayed as it is for a while. Links
/// aren't followed, so that nothing outside of the directory is ever told of; names that begin with
/// a point are left out.
final class DirectoryFeeder implements Feeder {
  /// How many files a directory may hold.
  static final int FILES_MAX = 100_000;

  private static final Duration PAUSE_MIN = Duration.ofMillis(250);

  /// Of the time, what may be spent looking.
  private static final int PAUSE_PER_LOOK = 10;

  /// A file that isn't as it was told of.
  private record Settling(String state, long sinceNanos) {}

  private final String source;
  private final Origin.Directory origin;
  private final SettingValues parameters;
  private final Sightings sightings;
  private final Clock clock;
  private final Map<String, Settling> settling = new HashMap<>();
  private volatile int fileCount;

  DirectoryFeeder(
      String source,
      Origin.Directory origin,
      SettingValues parameters,
      Sightings sightings,
      Clock clock) {
    this.source = source;
    this.origin = origin;
    this.parameters = parameters;
    this.sightings = sightings;
    this.clock = clock;
  }

  @Override
  public String position() {
    return fileCount + " files";
  }

  @Override
  public Duration feed() throws IOException {
    long begin = System.nanoTime();
    Path root = root();
    Map<String, String> states = look(root);
    fileCount = states.size();
    List<Sightings.Changed> changes = new ArrayList<>();
    for (Sightings.Changed changed : sightings.changed(states)) {
      if (hasSettled(changed, begin)) {
        changes.add(changed);
      }
    }
    settling.keySet().retainAll(states.keySet());
    changes.addAll(sightings.removed(states.keySet()));
    sightings.tell(changes, changed -> event(root, changed));
    changes.forEach(changed -> settling.remove(changed.key()));
    Duration looked = Duration.ofNanos(System.nanoTime() - begin).multipliedBy(PAUSE_PER_LOOK);
    Duration pause = PAUSE_MIN.compareTo(looked) > 0 ? PAUSE_MIN : looked;
    Duration settle = Duration.ofMillis(Math.max(1, origin.settleMillis()));
    return settling.isEmpty() || settle.compareTo(pause) > 0 ? pause : settle;
  }

  private Path root() throws IOException {
    Path named = Path.of(parameters.required(source, origin.path()));
    if (!Files.isDirectory(named)) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              named + " is no directory.",
              "The source " + source + " waits until it is one.")
          .toException();
    }
    return named.toRealPath();
  }

  private boolean hasSettled(Sightings.Changed changed, long now) {
    if (origin.settleMillis() == 0) {
      return true;
    }
    Settling before = settling.get(changed.key());
    if (before == null || !before.state().equals(changed.state())) {
      settling.put(changed.key(), new Settling(changed.state(), now));
      return false;
    }
    return now - before.sinceNanos() >= origin.settleMillis() * 1_000_000L;
  }

  private S3Event event(Path root, Sightings.Changed changed) {
    String state = changed.state();
    long size = state.isEmpty() ? 0 : Long.parseLong(state.substring(0, state.indexOf(' ')));
    return new S3Event(
        source,
        source,
        changed.key(),
        changed.change(),
        size,
        Integer.toHexString(state.hashCode()),
        clock.instant(),
        Map.of("path", root.resolve(changed.key()).toString()));
  }

  /// The state of each file by its path from the root, with `/` on every system.
  private Map<String, String> look(Path root) throws IOException {
    Map<String, String> states = new HashMap<>();
    PathMatcher matcher = FileSystems.getDefault()
        .getPathMatcher("glob:" + (origin.match().isEmpty() ? "**" : origin.match()));
    Files.walkFileTree(root, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        return !folder.equals(root) && isHidden(folder)
            ? FileVisitResult.SKIP_SUBTREE
            : FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        Path path = root.relativize(file);
        if (attributes.isRegularFile() && !isHidden(file) && matcher.matches(path)) {
          if (states.size() >= FILES_MAX) {
            throw tooMany(root);
          }
          states.put(
              path.toString().replace('\\', '/'),
              attributes.size() + " " + attributes.lastModifiedTime().toInstant() + " "
                  + attributes.fileKey());
        }
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (failure instanceof java.nio.file.NoSuchFileException && !file.equals(root)) {
          return FileVisitResult.CONTINUE; // went while we looked
        }
        throw failure; // what can't be read isn't gone
      }
    });
    return states;
  }

  private static boolean isHidden(Path path) {
    return path.getFileName() != null && path.getFileName().toString().startsWith(".");
  }

  private RuntimeException tooMany(Path root) {
    return Anomaly.of(
            Anomaly.Category.BUSY,
            root + " holds more than " + FILES_MAX + " files.",
            "The source " + source + " can watch that many.",
            "Let its function move what it has worked off.")
        .toException();
  }
}
