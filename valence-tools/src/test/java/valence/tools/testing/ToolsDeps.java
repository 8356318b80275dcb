package valence.tools.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/// The tools.deps library, which our build collects in a folder.
public final class ToolsDeps {
  /// Names its class path.
  public static final String CLASS_PATH_PROPERTY = "valence.deps.class-path";

  private ToolsDeps() {}

  /// Lets pushes of this process find it. Skips the test when our build didn't collect it yet.
  public static void share() {
    Path jars = Path.of("..", "dist", "deps", "target", "lib");
    if (System.getProperty(CLASS_PATH_PROPERTY) == null) {
      assumeTrue(Files.isDirectory(jars), "There is no " + jars + " yet. Run mvn verify.");
      System.setProperty(CLASS_PATH_PROPERTY, jars.toAbsolutePath() + "/*");
    }
  }
}
