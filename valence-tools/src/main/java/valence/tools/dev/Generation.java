package valence.tools.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import valence.tools.push.WorkingTree;

/// One state of an application, ready to be loaded.
///
/// @param number   1, 2, 3 …
/// @param folder   its classes and resources; not changed once it is made
/// @param snapshot the files that it was made of
/// @param classes  by source, what was compiled of it
/// @param libraries what else is on the class path
/// @param compiledCount how many sources were compiled for it; the others' classes were there
record Generation(
    int number,
    Path folder,
    Snapshot snapshot,
    SortedMap<Path, List<CompiledClass>> classes,
    WorkingTree.Libraries libraries,
    int compiledCount) {
  /// A class as the compiler made it.
  ///
  /// @param name binary, such as `shop.Stock$Level`
  /// @param shape what others see of it
  record CompiledClass(String name, Shape shape) {
    Path file() {
      return Path.of(name.replace('.', '/') + ".class");
    }
  }

  /// The class path, in its order.
  List<Path> classPath() {
    return Stream.concat(Stream.of(folder), libraries.runtime().stream()).toList();
  }

  /// Removes the folder of a generation that nothing runs any more.
  static void remove(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
