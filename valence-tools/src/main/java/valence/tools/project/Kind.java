package valence.tools.project;

import java.util.LinkedHashMap;
import java.util.Map;

/// What an application is written in, and what builds it.
public enum Kind {
  /// Java, built by Maven.
  MAVEN(
      "mvn test",
      Map.of(
          "pom.xml", "maven/pom.xml",
          "README.md", "maven/README.md",
          "src/main/resources/ion-config.edn", "maven/ion-config.edn",
          "src/main/resources/schema.edn", "all/schema.edn",
          "src/main/java/{{package}}/Stock.java", "maven/Stock.java.txt",
          "src/main/java/{{package}}/Shop.java", "maven/Shop.java.txt",
          "src/test/resources/shelf.edn", "maven/shelf.edn",
          "src/test/java/{{package}}/ShopTest.java", "maven/ShopTest.java.txt")),

  /// Java in one file, without a build tool.
  JAVA(
      "java -cp \"$(valence class-path):resources\" src/{{package}}/Shop.java",
      Map.of(
          "README.md", "java/README.md",
          "resources/ion-config.edn", "java/ion-config.edn",
          "resources/schema.edn", "all/schema.edn",
          "src/{{package}}/Shop.java", "java/Shop.java.txt")),

  /// Clojure, with its libraries in a deps.edn.
  CLOJURE(
      "clojure -M:test",
      Map.of(
          "deps.edn", "clojure/deps.edn",
          "README.md", "clojure/README.md",
          "resources/ion-config.edn", "clojure/ion-config.edn",
          "resources/schema.edn", "all/schema.edn",
          "src/{{path}}/shop.clj", "clojure/shop.clj",
          "test/{{path}}/shop_test.clj", "clojure/shop_test.clj"));

  private final String test;
  private final Map<String, String> files;

  Kind(String test, Map<String, String> files) {
    this.test = test;
    this.files = files;
  }

  /// How its tests are run.
  String test() {
    return test;
  }

  /// Resources by the file that each becomes.
  Map<String, String> files() {
    Map<String, String> all = new LinkedHashMap<>(files);
    all.put(".gitignore", "all/gitignore");
    return all;
  }
}
