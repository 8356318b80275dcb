package valence.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Who may know whom. A package without classes yet breaks no rule.
class ArrowsTest {
  private static final List<String> API =
      List.of("valence.api..", "valence.edn..", "valence.ion..");

  private static JavaClasses classes;

  @BeforeAll
  static void readClasses() {
    classes = new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("valence");
  }

  /// A room and the only others of ours that it may know, itself and the api left out.
  private record Arrow(List<String> from, List<String> to, String because) {
    Arrow(String from, List<String> to, String because) {
      this(List.of(from), to, because);
    }

    @Override
    public String toString() {
      return String.join(", ", from) + " → " + String.join(", ", to);
    }
  }

  static Stream<Arrow> modules() {
    return Stream.of(
        new Arrow(API, List.of(), "programs compile against the api alone"),
        new Arrow("valence.engine..", List.of(), "the database knows neither files nor network"),
        new Arrow(
            List.of(
                "valence.storage",
                "valence.storage.embedded..",
                "valence.storage.memory..",
                "valence.storage.encryption..",
                "valence.storage.spi.."),
            List.of("valence.engine.store.."),
            "a store implements what the engine declares, and needs no more of it"),
        new Arrow(
            "valence.storage.near..",
            List.of("valence.engine.store..", "valence.engine.cache.."),
            "a near tier keeps copies for the engine's cache"),
        new Arrow(
            "valence.storage.sql..",
            List.of("valence.storage", "valence.storage.spi..", "valence.engine.store.."),
            "it offers itself as any module with a storage can"),
        new Arrow(
            "valence.storage.place..",
            List.of(
                "valence.storage.embedded..",
                "valence.storage.memory..",
                "valence.storage.encryption..",
                "valence.storage.spi..",
                "valence.engine.store.."),
            "it opens a storage of any kind, and knows those of other modules by their offer"),
        new Arrow(
            "valence.storage.local..",
            List.of(
                "valence.storage..",
                "valence.engine.store..",
                "valence.engine.cache..",
                "valence.engine.indexing..",
                "valence.engine.code..",
                "valence.engine.local.."),
            "it opens a system in this process: an engine upon a store"),
        new Arrow("valence.wire..", List.of(), "node and client share the protocol, nothing else"),
        new Arrow("valence.client..", List.of("valence.wire.."), "a client has only the network"),
        new Arrow(
            "valence.tools..",
            List.of("valence.wire..", "valence.client.."),
            "the command line talks to nodes as any client does"),
        new Arrow(
            "valence.conformance..",
            List.of("valence.engine", "valence.engine.store..", "valence.storage.."),
            "conformance shows what users see, so it knows only how to open a system"),
        new Arrow(
            "valence.node..",
            List.of("valence.engine..", "valence.storage..", "valence.wire..", "valence.console.."),
            "the node puts the parts together, and is no client of itself"),
        new Arrow(
            "valence.test..",
            List.of("valence.engine..", "valence.storage..", "valence.wire..", "valence.node.."),
            "a test calls an application as a node does, by the node's own classes"),
        new Arrow("valence.console..", List.of(), "the console has only the protocol"));
  }

  static Stream<Arrow> packagesOfTheEngine() {
    return Stream.of(
        new Arrow("valence.engine.value..", List.of(), "values know nothing of what holds them"),
        new Arrow("valence.engine.store..", List.of(), "a store keeps bytes, whatever they mean"),
        new Arrow(
            "valence.engine.function..",
            List.of("valence.engine.value.."),
            "pure functions are the same whoever calls them"),
        new Arrow(
            "valence.engine.code..",
            List.of("valence.engine.function.."),
            "a function of a program is found and called the same wherever it is hosted"),
        new Arrow(
            "valence.engine.index..",
            List.of("valence.engine.value.."),
            "indexes order rows of values, and know nothing of attributes"),
        new Arrow(
            "valence.engine.segment..",
            List.of("valence.engine.value..", "valence.engine.index..", "valence.engine.store.."),
            "segments are indexes as bytes; who keeps the bytes is another's concern"),
        new Arrow(
            "valence.engine.cache..",
            List.of("valence.engine.index..", "valence.engine.segment..", "valence.engine.store.."),
            "a cache keeps segments nearer than their store, whatever they mean"),
        new Arrow(
            "valence.engine.indexing..",
            List.of(
                "valence.engine.value..",
                "valence.engine.index..",
                "valence.engine.schema..",
                "valence.engine.db..",
                "valence.engine.segment..",
                "valence.engine.cache..",
                "valence.engine.store.."),
            "indexing makes durable what a database value says, whoever commits it"),
        new Arrow(
            "valence.engine.schema..",
            List.of("valence.engine.value.."),
            "schema is a value, derived from datoms"),
        new Arrow(
            "valence.engine.db..",
            List.of("valence.engine.value..", "valence.engine.index..", "valence.engine.schema.."),
            "a database is indexes, schema and a basis; what asks or changes it stands above"),
        new Arrow(
            "valence.engine.log..",
            List.of(
                "valence.engine.value..",
                "valence.engine.index..",
                "valence.engine.schema..",
                "valence.engine.db..",
                "valence.engine.store.."),
            "the log keeps rows, and knows nothing of how tx-data becomes rows"),
        new Arrow(
            "valence.engine.excise..",
            List.of(
                "valence.engine.value..",
                "valence.engine.index..",
                "valence.engine.schema..",
                "valence.engine.db..",
                "valence.engine.log.."),
            "which rows go is a pure function of a database; how a log is replaced stands above"),
        new Arrow(
            "valence.engine.tx..",
            List.of(
                "valence.engine.value..",
                "valence.engine.index..",
                "valence.engine.schema..",
                "valence.engine.db..",
                "valence.engine.function.."),
            "a transaction is a pure function of a database and tx-data"),
        new Arrow(
            "valence.engine.pull..",
            List.of(
                "valence.engine.value..",
                "valence.engine.index..",
                "valence.engine.schema..",
                "valence.engine.db..",
                "valence.engine.function.."),
            "a pull is a pure function of a database and a pattern"),
        new Arrow(
            "valence.engine.query..",
            List.of(
                "valence.engine.value..",
                "valence.engine.index..",
                "valence.engine.schema..",
                "valence.engine.db..",
                "valence.engine.function..",
                "valence.engine.pull.."),
            "a query is a pure function of its inputs, and may pull what it finds"),
        new Arrow(
            "valence.engine.backup..",
            List.of(
                "valence.engine.store..",
                "valence.engine.log..",
                "valence.engine.indexing..",
                "valence.engine.verify..",
                "valence.engine.local.."),
            "a backup moves records and segments, whatever their rows mean"),
        new Arrow(
            "valence.engine.verify..",
            List.of(
                "valence.engine.value..",
                "valence.engine.index..",
                "valence.engine.schema..",
                "valence.engine.db..",
                "valence.engine.segment..",
                "valence.engine.indexing..",
                "valence.engine.log..",
                "valence.engine.store..",
                "valence.engine.local.."),
            "it compares what the log says with what the indexes hold"),
        new Arrow(
            "valence.engine.live..",
            List.of("valence.engine.query.."),
            "it watches what queries say, through the api"),
        new Arrow(
            "valence.engine.local..",
            List.of("valence.engine.."),
            "it puts the engine together; as nothing else may know it, it may know all"));
  }

  @ParameterizedTest
  @MethodSource({"modules", "packagesOfTheEngine"})
  void knowsOnlyWhatItsArrowsAllow(Arrow arrow) {
    String[] allowed =
        Stream.of(arrow.from(), arrow.to(), API).flatMap(List::stream).toArray(String[]::new);
    noClasses()
        .that()
        .resideInAnyPackage(arrow.from().toArray(String[]::new))
        .should()
        .dependOnClassesThat(resideInAPackage("valence..").and(not(resideInAnyPackage(allowed))))
        .because(arrow.because())
        .allowEmptyShould(true)
        .check(classes);
  }

  @Test
  void everyPackageHasItsArrows() {
    Set<String> without = new TreeSet<>();
    for (JavaClass type : classes) {
      var arrows =
          type.getPackageName().startsWith("valence.engine.") ? packagesOfTheEngine() : modules();
      if (arrows.noneMatch(
          arrow -> resideInAnyPackage(arrow.from().toArray(String[]::new)).test(type))) {
        without.add(type.getPackageName());
      }
    }
    assertThat(without)
        .as("packages that nobody has said the arrows of: add them here")
        .isEmpty();
  }

  @Test
  void nobodyKnowsTheNode() {
    noClasses()
        .that()
        .resideOutsideOfPackages("valence.node..", "valence.test..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("valence.node..")
        .because("the node is where parts are put together; a part that knows it can't be moved")
        .allowEmptyShould(true)
        .check(classes);
  }

  @Test
  void onlyTheNodeServesTheConsole() {
    noClasses()
        .that()
        .resideOutsideOfPackages("valence.console..", "valence.node.console..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("valence.console..")
        .because("the console is a client in a browser, which nothing else needs")
        .allowEmptyShould(true)
        .check(classes);
  }

  @Test
  void packagesKnowEachOtherInOneDirection() {
    slices()
        .assignedFrom(new PackageWithSpi())
        .should()
        .beFreeOfCycles()
        .because("what knows each other is one thing, and would be one package")
        .allowEmptyShould(true)
        .check(classes);
  }

  /// A package, with the one below it that its implementers see.
  private static final class PackageWithSpi implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName().replaceFirst("\\.spi$", ""));
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }

  @Test
  void theEngineTouchesNeitherFilesNorNetwork() {
    noClasses()
        .that()
        .resideInAPackage("valence.engine..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.nio.file..", "java.net.http..", "java.nio.channels..")
                .or(JavaClass.Predicates.belongToAnyOf(
                    java.io.File.class,
                    java.io.FileInputStream.class,
                    java.io.FileOutputStream.class,
                    java.io.RandomAccessFile.class,
                    java.net.Socket.class,
                    java.net.ServerSocket.class)))
        .because("a simulation owns all input and output through the storage it hands in")
        .allowEmptyShould(true)
        .check(classes);
  }

  @Test
  void clojureCoreIsStartedByApplicationsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("valence.node.app..", "valence.engine.code..")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("clojure\\.lang\\.(RT|Var|Compiler|Namespace|EdnReader|LispReader"
            + "|LazilyPersistentVector|Numbers|PersistentTree\\w+)|clojure\\.java\\.api\\..*")
        .because("these load clojure.core, most of a second at each start of node and command line")
        .allowEmptyShould(true)
        .check(classes);
  }
}
