package valence.tools.demo;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A commit as git tells it.
///
/// @param email      who wrote it, as one string that is never empty
/// @param authoredAt in milliseconds since 1970, as is `committedAt`
/// @param changes    the changed files, but for those left out; none for a merge
/// @param leftOut    how many changed files were too many
record Commit(
    String sha,
    List<String> parents,
    String author,
    String email,
    long authoredAt,
    long committedAt,
    String subject,
    List<Change> changes,
    int leftOut) {
  Commit {
    parents = List.copyOf(parents);
    changes = List.copyOf(changes);
  }

  /// @param lines added and removed; 0 in a binary file
  record Change(String path, long lines) {}

  /// As the application's import takes it.
  Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("sha"), sha);
    map.put(kw("parents"), parents);
    map.put(kw("author"), author);
    map.put(kw("email"), email);
    map.put(kw("authoredAt"), authoredAt);
    map.put(kw("committedAt"), committedAt);
    map.put(kw("subject"), subject);
    map.put(
        kw("changes"),
        changes.stream()
            .map(change -> Map.of(kw("path"), change.path(), kw("lines"), change.lines()))
            .toList());
    return map;
  }
}
