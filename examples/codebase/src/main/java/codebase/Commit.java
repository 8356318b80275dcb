package codebase;

import static valence.api.Valence.kw;

import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import valence.api.Db;
import valence.api.Index;

/// A commit as `git log` tells it, and the facts that it adds to what was known before.
///
/// @param authoredAt in milliseconds since 1970, as is `committedAt`
public record Commit(
    String sha,
    List<String> parents,
    String author,
    String email,
    long authoredAt,
    long committedAt,
    String subject,
    List<Change> changes) {
  private static final String TX = "datomic.tx";
  private static final String AUTHOR = "author";
  private static final List<?> SUMS = List.of(kw("share/lines"), kw("share/commits"));
  private static final List<?> OWNER =
      List.of(Map.of(kw("file/owner"), List.of(kw("share/key"), kw("share/lines"))));

  /// A changed file, with the number of lines added and removed.
  public record Change(String path, long lines) {}

  /// What is to be said of the commit, given all that was said before it.
  List<Map<?, ?>> facts(Db db) {
    List<Map<?, ?>> facts = new ArrayList<>();
    facts.add(Map.of(kw("db/id"), TX, kw("db/txInstant"), instant(db)));
    facts.add(Map.of(kw("db/id"), AUTHOR, kw("author/email"), email, kw("author/name"), author));
    List<Map<?, ?>> changed = new ArrayList<>();
    linesByPath().forEach((path, lines) -> {
      facts.addAll(ofFile(db, path, lines));
      changed.add(Map.of(kw("change/file"), file(path), kw("change/lines"), lines));
    });
    facts.add(Map.of(
        kw("commit/sha"), sha,
        kw("commit/subject"), subject,
        kw("commit/author"), AUTHOR,
        kw("commit/authored-at"), new Date(authoredAt),
        kw("commit/committed-at"), new Date(committedAt),
        kw("commit/parents"), parentsIn(db),
        kw("commit/changes"), changed));
    return facts;
  }

  /// The author's share of a file grows by so many lines, and may now be the largest.
  private List<Map<?, ?>> ofFile(Db db, String path, long lines) {
    String key = email + " " + path;
    Map<?, ?> before = db.pull(SUMS, List.of(kw("share/key"), key));
    long sum = number(before, "share/lines") + lines;
    List<Map<?, ?>> facts = new ArrayList<>();
    facts.add(Map.of(kw("db/id"), file(path), kw("file/path"), path));
    facts.add(Map.of(
        kw("db/id"),
        share(path),
        kw("share/key"),
        key,
        kw("share/author"),
        AUTHOR,
        kw("share/file"),
        file(path),
        kw("share/lines"),
        sum,
        kw("share/commits"),
        number(before, "share/commits") + 1));
    // Shares only grow, so the owner's is the only one to compare with.
    Object owner = db.pull(OWNER, List.of(kw("file/path"), path)).get(kw("file/owner"));
    if (!(owner instanceof Map<?, ?> largest) || sum > number(largest, "share/lines")) {
      facts.add(Map.of(kw("db/id"), file(path), kw("file/owner"), share(path)));
    }
    return facts;
  }

  /// The parents, but for those that a shallow clone doesn't have.
  private List<List<?>> parentsIn(Db db) {
    return parents.stream()
        .<List<?>>map(parent -> List.of(kw("commit/sha"), parent))
        .filter(parent -> db.entid(parent).isPresent())
        .toList();
  }

  /// When to say it: at the commit's time, or at the newest transaction's if a clock was behind.
  private Date instant(Db db) {
    Optional<Date> newest = db.indexPull(
            Index.AVET, List.of(kw("db/txInstant")), List.of(kw("db/txInstant")), true)
        .map(tx -> (Date) tx.get(kw("db/txInstant")))
        .findFirst();
    long atLeast = newest.map(Date::getTime).orElse(0L);
    return new Date(
        Math.clamp(committedAt, atLeast, Math.max(atLeast, System.currentTimeMillis())));
  }

  // A file that is named twice, as after an unreadable name, is changed once.
  private Map<String, Long> linesByPath() {
    Map<String, Long> lines = new LinkedHashMap<>();
    changes.forEach(change -> lines.merge(change.path(), change.lines(), Long::sum));
    return lines;
  }

  private static long number(Map<?, ?> entity, String attribute) {
    return entity.get(kw(attribute)) instanceof Long number ? number : 0;
  }

  // Names for entities that the transaction finds or makes.

  private static String file(String path) {
    return "file " + path;
  }

  private static String share(String path) {
    return "share " + path;
  }
}
