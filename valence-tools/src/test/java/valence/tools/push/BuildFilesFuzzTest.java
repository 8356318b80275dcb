package valence.tools.push;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.testing.Fuzz;

/// Files that say how an application is built, written by who knows whom.
final class BuildFilesFuzzTest {
  @TempDir
  private Path folder = Path.of("");

  @Test
  void poms() {
    Path file = folder.resolve("pom.xml");
    new Fuzz("pom", 500)
        .run(
            List.of(
                "<project><parent><groupId>g</groupId></parent><artifactId>a</artifactId>"
                    + "<properties><v>1</v><w>${v}${w}</w></properties>"
                    + "<modules><module>m</module><module>../x</module></modules></project>",
                "<!DOCTYPE p [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><p><m>&b;</m></p>"),
            input -> {
              Files.write(file, input);
              Pom pom = Pom.read(file);
              pom.name();
              pom.modules();
              Pom.interpolated("${w} ${x}", pom.properties());
            });
  }

  @Test
  void listsOfLibraries() {
    Path file = folder.resolve(ListedLibraries.FILE);
    new Fuzz("valence.edn", 1_000)
        .run(
            List.of("{:deps {com.acme/a {:mvn/version \"2.22.3\"} b/c {:mvn/version \"[1,2)\"}}}"),
            input -> {
              Files.write(file, input);
              ListedLibraries.of(folder).reasons();
            });
  }

  @Test
  void depsOfClojure() {
    Path file = folder.resolve("deps.edn");
    Build.Project project = new Build.Project(folder, folder);
    new Fuzz("deps.edn", 1_000)
        .run(
            List.of("{:paths [\"src\"] :deps {a/b {:mvn/version \"1.0\"} c/d {:local/root \"../d\"}"
                + " io.github.e/f {:git/sha \"abc\" :git/tag \"v1\"}} :aliases {:dev {}}}"),
            input -> {
              Files.write(file, input);
              new DepsBuild().reasons(project);
            });
  }
}
