package codebase;

import static valence.api.Valence.kw;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import valence.api.Db;

/// What can be asked. Each question takes a database value, so that it can be asked of the past.
final class Questions {
  /// Who knows a file: how often and how much they changed it, and when last.
  record Knowledge(String author, String email, long commits, long lines, String last) {}

  /// Who owns a file: who has changed the most of its lines, and since when that is so.
  record Owner(String author, String email, long lines, String since) {}

  /// How often and how much a file was changed.
  record File(String path, long commits, long authors, long lines) {}

  /// A commit in a list.
  record Line(String sha, String committedAt, String author, String subject) {}

  /// How many there are of each thing, and the times of the first commit and the last.
  record Size(long commits, long authors, long files, long changes, String first, String last) {}

  private Questions() {}

  static boolean isCommit(Db db, String sha) {
    return db.entid(List.of(kw("commit/sha"), sha)).isPresent();
  }

  static boolean isFile(Db db, String path) {
    return db.entid(List.of(kw("file/path"), path)).isPresent();
  }

  /// Those who changed a file, most lines first.
  static List<Knowledge> knows(Db db, String path) {
    Collection<List<?>> rows = db.q("""
            [:find ?name ?email ?commits ?lines ?last
             :in $ ?path
             :where [?file :file/path ?path]
                    [?share :share/file ?file]
                    [?share :share/lines ?lines]
                    [?share :share/commits ?commits ?tx]
                    [?tx :db/txInstant ?last]
                    [?share :share/author ?author]
                    [?author :author/name ?name]
                    [?author :author/email ?email]]""", path);
    return rows.stream()
        .map(row -> new Knowledge(
            (String) row.get(0),
            (String) row.get(1),
            (long) row.get(2),
            (long) row.get(3),
            text(row.get(4))))
        .sorted(Comparator.comparingLong(Knowledge::lines).reversed())
        .toList();
  }

  /// The owner of a file; none before it was changed first.
  static Optional<Owner> owner(Db db, String path) {
    Collection<List<?>> rows = db.q("""
            [:find ?name ?email ?lines ?since
             :in $ ?path
             :where [?file :file/path ?path]
                    [?file :file/owner ?share ?tx]
                    [?tx :db/txInstant ?since]
                    [?share :share/lines ?lines]
                    [?share :share/author ?author]
                    [?author :author/name ?name]
                    [?author :author/email ?email]]""", path);
    return rows.stream()
        .map(row -> new Owner(
            (String) row.get(0), (String) row.get(1), (long) row.get(2), text(row.get(3))))
        .findFirst();
  }

  /// The files changed in [from, to), most often changed first.
  static List<File> changed(Db db, Instant from, Instant to) {
    Collection<List<?>> rows = db.q("""
            [:find ?path (count ?change) (count-distinct ?author) (sum ?lines)
             :with ?change
             :in $ ?from ?to
             :where [?commit :commit/committed-at ?at]
                    [(<= ?from ?at)]
                    [(< ?at ?to)]
                    [?commit :commit/author ?author]
                    [?commit :commit/changes ?change]
                    [?change :change/lines ?lines]
                    [?change :change/file ?file]
                    [?file :file/path ?path]]""", Date.from(from), Date.from(to));
    return rows.stream()
        .map(row -> new File(
            (String) row.get(0), number(row.get(1)), number(row.get(2)), number(row.get(3))))
        .sorted(Comparator.comparingLong(File::commits).reversed().thenComparing(File::path))
        .toList();
  }

  /// The commits of [from, to), newest first.
  static List<Line> commits(Db db, Instant from, Instant to) {
    Collection<List<?>> rows = db.q("""
            [:find ?sha ?at ?name ?subject
             :in $ ?from ?to
             :where [?commit :commit/committed-at ?at]
                    [(<= ?from ?at)]
                    [(< ?at ?to)]
                    [?commit :commit/sha ?sha]
                    [?commit :commit/subject ?subject]
                    [?commit :commit/author ?author]
                    [?author :author/name ?name]]""", Date.from(from), Date.from(to));
    return lines(rows);
  }

  /// All commits that a commit rests on, newest first.
  ///
  /// The rule goes on from the ancestors found so far, and so finds those of one commit. Written
  /// the other way round, parents first, it would find those of each ancestor as well.
  static List<Line> ancestors(Db db, String sha) {
    Collection<List<?>> rows = db.q("""
            [:find ?sha ?at ?name ?subject
             :in $ % ?of
             :where [?commit :commit/sha ?of]
                    (ancestor ?commit ?old)
                    [?old :commit/sha ?sha]
                    [?old :commit/committed-at ?at]
                    [?old :commit/subject ?subject]
                    [?old :commit/author ?author]
                    [?author :author/name ?name]]""", """
            [[(ancestor ?commit ?old) [?commit :commit/parents ?old]]
             [(ancestor ?commit ?old)
              (ancestor ?commit ?later) [?later :commit/parents ?old]]]""", sha);
    return lines(rows);
  }

  /// The commits that no other rests on.
  static Collection<String> tips(Db db) {
    return db.q("""
        [:find [?sha ...]
         :where [?commit :commit/sha ?sha]
                (not [_ :commit/parents ?commit])]""");
  }

  static Size size(Db db) {
    List<?> times = db.q("[:find [(min ?at) (max ?at)] :where [_ :commit/committed-at ?at]]");
    return new Size(
        count(db, "commit/sha"),
        count(db, "author/email"),
        count(db, "file/path"),
        count(db, "change/file"),
        times == null ? "" : text(times.get(0)),
        times == null ? "" : text(times.get(1)));
  }

  private static long count(Db db, String attribute) {
    return number(db.q("[:find (count ?e) . :in $ ?a :where [?e ?a]]", kw(attribute)));
  }

  private static List<Line> lines(Collection<List<?>> rows) {
    return rows.stream()
        .map(row -> new Line(
            (String) row.get(0), text(row.get(1)), (String) row.get(2), (String) row.get(3)))
        .sorted(Comparator.comparing(Line::committedAt).reversed())
        .toList();
  }

  // A count or a sum; an aggregate of nothing is null.
  private static long number(Object number) {
    return number == null ? 0 : ((Number) number).longValue();
  }

  private static String text(Object instant) {
    return ((Date) instant).toInstant().toString();
  }
}
