package valence.conformance;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;

/// Reads a folder of suites, or fails with one `incorrect` anomaly that names the file.
final class CorpusReader {
  /// Tags whose meaning waits for a database, or for the answer.
  private static final List<String> LATER =
      List.of("eid", "tx", "t", "db", "log", "bag", "subbag", "one-of", "approx");

  static final Map<String, UnaryOperator<@Nullable Object>> TAGS = tags();

  private CorpusReader() {}

  /// Every suite of every `*.edn` of the folder, files by name, suites as written.
  static List<Suite> read(Path folder) {
    List<Suite> suites = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Path file : files(folder)) {
      try {
        for (Suite suite : suites(Files.readString(file))) {
          for (Case one : suite.cases()) {
            if (!ids.add(one.id())) {
              throw incorrect("Two cases are called " + one.id() + ".", "Ids must be unique.");
            }
          }
          suites.add(suite);
        }
      } catch (IOException unreadable) {
        throw Anomaly.of(Anomaly.Category.INCORRECT, file + " can't be read: " + unreadable)
            .toException(unreadable);
      } catch (AnomalyException malformed) {
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                file + " is no file of suites: " + malformed.getMessage())
            .toException(malformed);
      }
    }
    return suites;
  }

  /// The suites that the text of one file holds.
  static List<Suite> suites(String text) {
    if (!(Edn.read(text, TAGS) instanceof List<?> forms)) {
      throw incorrect("Expected a vector of suites.");
    }
    return forms.stream().map(CorpusReader::suite).toList();
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw incorrect(folder + " is no folder.", "Give the folder that holds the suites.");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> files = entries
          .filter(file -> file.getFileName().toString().endsWith(".edn"))
          .sorted()
          .toList();
      if (files.isEmpty()) {
        throw incorrect(folder + " holds no *.edn file.", "Give the folder that holds the suites.");
      }
      return files;
    } catch (IOException unreadable) {
      throw Anomaly.of(Anomaly.Category.INCORRECT, folder + " can't be listed: " + unreadable)
          .toException(unreadable);
    }
  }

  private static Suite suite(@Nullable Object form) {
    if (!(form instanceof Map<?, ?> keys) || !(keys.get(kw("suite")) instanceof String name)) {
      throw incorrect("A suite must be a map with a :suite name.");
    }
    if (!(keys.get(kw("cases")) instanceof List<?> cases)) {
      throw incorrect("Suite " + name + " has no vector of :cases.");
    }
    Map<String, Suite.Build> others = new HashMap<>();
    if (keys.get(kw("other-dbs")) instanceof Map<?, ?> builds) {
      for (Map.Entry<?, ?> entry : builds.entrySet()) {
        if (!(entry.getKey() instanceof String other)
            || !(entry.getValue() instanceof Map<?, ?> build)) {
          throw incorrect("The :other-dbs of suite " + name + " must map names to maps.");
        }
        others.put(other, build(build));
      }
    }
    return new Suite(
        name,
        keys.get(kw("feature")) instanceof Keyword feature ? name(feature) : "other",
        keys.get(kw("data")) instanceof String data ? data : null,
        kw("case").equals(keys.get(kw("isolation"))),
        build(keys),
        others,
        cases.stream().map(one -> caseOf(one, name)).toList());
  }

  private static String name(Keyword keyword) {
    String namespace = keyword.getNamespace();
    return namespace == null ? keyword.getName() : namespace + "/" + keyword.getName();
  }

  private static Suite.Build build(Map<?, ?> keys) {
    return new Suite.Build(
        keys.get(kw("schema")),
        keys.get(kw("setup")) instanceof List<?> setup ? setup : List.of(),
        keys.get(kw("names")) instanceof Map<?, ?> names ? names : Map.of());
  }

  private static Case caseOf(@Nullable Object form, String suite) {
    if (!(form instanceof Map<?, ?> keys)
        || !(keys.get(kw("id")) instanceof String id)
        || !(keys.get(kw("op")) instanceof Keyword op)) {
      throw incorrect("A case of suite " + suite + " is no map with an :id and an :op.");
    }
    List<?> steps = keys.get(kw("steps")) instanceof List<?> list ? list : List.of();
    return new Case(
        id, op.getName(), keys, steps.stream().map(one -> caseOf(one, suite)).toList());
  }

  private static Map<String, UnaryOperator<@Nullable Object>> tags() {
    Map<String, UnaryOperator<@Nullable Object>> tags = new HashMap<>();
    for (String tag : LATER) {
      tags.put(tag, form -> new Tagged(tag, form));
    }
    return tags;
  }

  private static AnomalyException incorrect(String... sentences) {
    return Anomaly.of(Anomaly.Category.INCORRECT, sentences).toException();
  }
}
