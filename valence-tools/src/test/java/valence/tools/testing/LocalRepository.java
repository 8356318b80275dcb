package valence.tools.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/// The local Maven repository, which the Maven builds of applications share with ours.
public final class LocalRepository {
  private LocalRepository() {}

  /// Lets the Maven builds of applications use the repository of ours; gives its folder.
  public static Path share() {
    String given = System.getProperty("localRepository"); // by surefire
    Path repository = given == null
        ? Path.of(System.getProperty("user.home"), ".m2", "repository")
        : Path.of(given);
    System.setProperty("maven.repo.local", repository.toString());
    return repository;
  }

  /// The same for applications that depend on valence-api. Skips the test when our build didn't put
  /// it there, as it does in the phase package.
  public static void shareValenceApi() {
    Path api = share().resolve(Path.of("dev", "valence", "valence-api"));
    assumeTrue(Files.isDirectory(api), "There is no " + api + " yet. Run mvn verify.");
  }
}
