package valence.tools.push;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.wire.ion.Coordinates;

/// What a build made: an application's class path, its own code before the libraries.
///
/// @param code      what was built from the repository; packed anew, so that its bytes depend on
///     nothing but its content. The first is the application itself, with its `ion-config.edn`
/// @param libraries in the order of the class path; they go as they are
/// @param reasons   why the same sources may give something else elsewhere or tomorrow, as far as
///     only the build could see
record Built(List<Code> code, List<Library> libraries, List<String> reasons) {
  Built {
    assert !code.isEmpty() : "an application has code";
    code = List.copyOf(code);
    libraries = List.copyOf(libraries);
    reasons = List.copyOf(reasons);
  }

  /// Code of the repository's own.
  ///
  /// @param name  of the jar that it becomes, without `.jar`; empty for the application itself
  /// @param paths folders of classes and resources, or a jar; of a file in several, the first's
  record Code(String name, List<Path> paths) {
    Code {
      paths = List.copyOf(paths);
    }
  }

  /// A jar from elsewhere.
  ///
  /// @param coordinates what repositories know it as; null when none does
  record Library(Path file, @Nullable Coordinates coordinates) {}
}
