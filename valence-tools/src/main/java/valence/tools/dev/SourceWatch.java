package valence.tools.dev;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import valence.tools.push.WorkingTree;

/// Notices that files of a project were saved.
///
/// The system's notice only wakes it: what changed it finds by looking, so that a notice that was
/// lost or came twice, or a folder that can't be watched, makes it later and never wrong.
final class SourceWatch implements AutoCloseable {
  /// How often it looks without a notice: where the system gives them at once, and elsewhere.
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final Duration LOOK_OFTEN = Duration.ofMillis(150);

  /// How long files have to stay as they are: an editor writes, renames and removes.
  private static final Duration QUIET = Duration.ofMillis(12);

  /// How long it waits for quiet at most.
  private static final Duration QUIET_WAIT_MAX = Duration.ofSeconds(1);

  private static final int FOLDERS_MAX = 10_000;

  private final Supplier<WorkingTree> tree;
  private final WatchService notices;
  private final Map<Path, WatchKey> watched = new HashMap<>();
  private boolean everywhere = true;

  /// @param tree what is watched; another one after its description changed
  SourceWatch(Supplier<WorkingTree> tree) throws IOException {
    this.tree = tree;
    this.notices = FileSystems.getDefault().newWatchService();
    watch();
  }

  /// Waits until the project isn't as it was; then as it is, once it stays so for a moment. Ends
  /// with an InterruptedException when closed.
  Snapshot awaitChange(Snapshot before) throws InterruptedException {
    while (true) {
      Snapshot now = Snapshot.of(tree.get());
      if (!now.equals(before)) {
        watch(); // a new folder, perhaps
        return settled(now);
      }
      try {
        WatchKey key = notices.poll(pause().toMillis(), TimeUnit.MILLISECONDS);
        while (key != null) {
          key.pollEvents();
          if (!key.reset()) {
            watched.values().remove(key);
          }
          key = notices.poll();
        }
      } catch (ClosedWatchServiceException e) {
        throw new InterruptedException("closed");
      }
    }
  }

  private Snapshot settled(Snapshot first) throws InterruptedException {
    long deadline = System.nanoTime() + QUIET_WAIT_MAX.toNanos();
    Snapshot before = first;
    while (System.nanoTime() < deadline) {
      Thread.sleep(QUIET);
      Snapshot now = Snapshot.of(tree.get());
      if (now.equals(before)) {
        return now;
      }
      before = now;
    }
    return before; // whoever goes on writing is noticed again
  }

  private Duration pause() {
    boolean atOnce = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
    return everywhere && atOnce ? LOOK : LOOK_OFTEN;
  }

  /// Watches each folder of the project, and those above them, where they may appear.
  private void watch() {
    WorkingTree project = tree.get();
    for (Path root : project.sources()) {
      watch(root, project.folder());
    }
    for (Path root : project.resources()) {
      watch(root, project.folder());
    }
    for (Path file : project.described()) {
      Path parent = file.getParent();
      if (Files.isDirectory(file)) {
        register(file);
      }
      if (parent != null) {
        register(parent);
      }
    }
    register(project.folder());
  }

  /// @param top an application's folder, below which a root may appear
  private void watch(Path root, Path top) {
    for (Path at = root; at != null && !at.equals(top); at = at.getParent()) {
      if (at.startsWith(top)) {
        register(at);
      }
    }
    if (!Files.isDirectory(root)) {
      return;
    }
    try {
      Files.walkFileTree(root, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes of) {
          register(folder);
          return watched.size() > FOLDERS_MAX
              ? FileVisitResult.TERMINATE
              : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
          return FileVisitResult.CONTINUE; // gone meanwhile
        }
      });
    } catch (IOException e) {
      everywhere = false;
    }
  }

  private void register(Path folder) {
    if (watched.containsKey(folder) || !Files.isDirectory(folder)) {
      return;
    }
    try {
      watched.put(
          folder,
          folder.register(
              notices,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE));
    } catch (IOException e) {
      everywhere = false; // the system watches no more folders for us: looking has to do
    }
  }

  @Override
  public void close() throws IOException {
    notices.close();
  }
}
