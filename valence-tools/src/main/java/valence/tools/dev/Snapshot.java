package valence.tools.dev;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import valence.api.Anomaly;
import valence.tools.push.WorkingTree;

/// The files of a project as they were at one moment.
///
/// @param sources   Java sources, by their path
/// @param resources what is on the class path as it is: by where, from which file
/// @param libraries the files that say which libraries there are
record Snapshot(
    SortedMap<Path, Stamp> sources,
    SortedMap<Path, Resource> resources,
    SortedMap<Path, Stamp> libraries) {
  private static final int FILES_MAX = 50_000;

  /// What tells one state of a file from another.
  record Stamp(long modifiedNanos, long size) {
    static Stamp of(BasicFileAttributes file) {
      var modified = file.lastModifiedTime();
      return new Stamp(modified.to(java.util.concurrent.TimeUnit.NANOSECONDS), file.size());
    }
  }

  /// A file that is put on the class path.
  record Resource(Path file, Stamp stamp) {}

  static Snapshot of(WorkingTree project) {
    var sources = new TreeMap<Path, Stamp>();
    var resources = new TreeMap<Path, Resource>();
    var libraries = new TreeMap<Path, Stamp>();
    for (Path root : project.sources()) {
      for (Map.Entry<Path, Stamp> each : files(root, Integer.MAX_VALUE)) {
        if (isJava(each.getKey())) {
          sources.put(each.getKey(), each.getValue());
        }
      }
    }
    List<Path> roots = new ArrayList<>(project.resources());
    // The first of two has its way, as on a class path, so that it is put last.
    for (Path root : roots.reversed()) {
      for (Map.Entry<Path, Stamp> each : files(root, Integer.MAX_VALUE)) {
        resources.put(root.relativize(each.getKey()), new Resource(each.getKey(), each.getValue()));
      }
    }
    if (project.flat()) {
      for (Map.Entry<Path, Stamp> each : files(project.folder(), 1)) {
        Path file = each.getKey();
        if (isJava(file)) {
          sources.put(file, each.getValue());
        } else if (file.toString().endsWith(".edn") && !project.described().contains(file)) {
          resources.put(project.folder().relativize(file), new Resource(file, each.getValue()));
        }
      }
    }
    for (Path file : project.described()) {
      files(file, 1).forEach(each -> libraries.put(each.getKey(), each.getValue()));
    }
    if (sources.size() + resources.size() > FILES_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              project.folder() + " has more than " + FILES_MAX + " sources and resources.",
              "Expected an application's folder.")
          .toException();
    }
    return new Snapshot(sources, resources, libraries);
  }

  private static boolean isJava(Path file) {
    return file.toString().endsWith(".java");
  }

  /// The plain files below a path, itself if it is one; not what editors and tools keep for
  /// themselves.
  private static List<Map.Entry<Path, Stamp>> files(Path root, int depth) {
    List<Map.Entry<Path, Stamp>> files = new ArrayList<>();
    if (!Files.exists(root)) {
      return files;
    }
    try {
      Files.walkFileTree(
          root,
          java.util.EnumSet.noneOf(java.nio.file.FileVisitOption.class),
          depth,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes of) {
              return !folder.equals(root) && isOthers(folder)
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes of) {
              if (of.isRegularFile() && !isOthers(file)) {
                files.add(Map.entry(file, Stamp.of(of)));
              }
              return files.size() > FILES_MAX
                  ? FileVisitResult.TERMINATE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // gone since the folder was read: next time it isn't
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private static boolean isOthers(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.startsWith(".") || name.endsWith("~") || name.startsWith("#");
  }

  /// The newest of the files that are new or other than before, as nanoseconds since 1970; 0 when
  /// files only went.
  long newestSince(Snapshot before) {
    long newest = 0;
    for (var each : sources.entrySet()) {
      if (!each.getValue().equals(before.sources.get(each.getKey()))) {
        newest = Math.max(newest, each.getValue().modifiedNanos());
      }
    }
    for (var each : resources.entrySet()) {
      if (!each.getValue().equals(before.resources.get(each.getKey()))) {
        newest = Math.max(newest, each.getValue().stamp().modifiedNanos());
      }
    }
    for (var each : libraries.entrySet()) {
      if (!each.getValue().equals(before.libraries.get(each.getKey()))) {
        newest = Math.max(newest, each.getValue().modifiedNanos());
      }
    }
    return newest;
  }

  /// The names of what differs from before, for people.
  List<String> namesSince(Snapshot before) {
    List<String> names = new ArrayList<>();
    differing(before.sources, sources, names);
    differing(before.resources, resources, names);
    differing(before.libraries, libraries, names);
    return names;
  }

  private static <V> void differing(
      SortedMap<Path, V> before, SortedMap<Path, V> now, List<String> names) {
    now.forEach((path, value) -> {
      if (!value.equals(before.get(path))) {
        names.add(String.valueOf(path.getFileName()));
      }
    });
    before.keySet().stream()
        .filter(path -> !now.containsKey(path))
        .forEach(path -> names.add(path.getFileName() + " (gone)"));
  }
}
