package codebase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import codebase.Commit.Change;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import valence.api.Connection;
import valence.api.Db;
import valence.test.Ions;
import valence.test.ValenceExtension;

/// Three commits: ann begins a.txt, bob rewrites it, ann adds b.txt and touches a.txt again.
class QuestionsTest {
  @RegisterExtension
  static final ValenceExtension VALENCE =
      new ValenceExtension("tea", system -> importHistory(system.database("tea")));

  private static void importHistory(Connection connection) {
    Setup.ensure(connection);
    Import.add(
        connection,
        List.of(
            commit("c1", List.of(), "ann", "2020-01-01", new Change("a.txt", 10)),
            commit("c2", List.of("c1"), "bob", "2021-01-01", new Change("a.txt", 30)),
            commit(
                "c3",
                List.of("c2"),
                "ann",
                "2022-01-01",
                new Change("b.txt", 5),
                new Change("a.txt", 2))));
  }

  private static Commit commit(
      String sha, List<String> parents, String who, String day, Change... changes) {
    long at = at(day).toEpochMilli();
    return new Commit(
        sha, parents, who, who + "@example.org", at, at, "Change " + sha, List.of(changes));
  }

  private static Instant at(String day) {
    return Instant.parse(day + "T00:00:00Z");
  }

  @Test
  void whoChangedTheMostLinesKnowsAFileBest(Connection connection) {
    List<String> knows = Questions.knows(connection.db(), "a.txt").stream()
        .map(each -> each.author() + " " + each.commits() + " " + each.lines())
        .toList();
    assertEquals(List.of("bob 1 30", "ann 2 12"), knows);
  }

  @Test
  void ancestorsReachTheFirstCommit(Connection connection) {
    List<String> ancestors = Questions.ancestors(connection.db(), "c3").stream()
        .map(Questions.Line::sha)
        .toList();
    assertEquals(List.of("c2", "c1"), ancestors);
  }

  @Test
  void onlyTheNewestCommitIsATip(Connection connection) {
    assertEquals(List.of("c3"), List.copyOf(Questions.tips(connection.db())));
  }

  @Test
  void commitsAreThoseOfTheInterval(Connection connection) {
    List<String> commits =
        Questions.commits(connection.db(), at("2020-06-01"), at("2022-01-01")).stream()
            .map(Questions.Line::sha)
            .toList();
    assertEquals(List.of("c2"), commits);
  }

  @Test
  void filesChangedAreThoseOfTheInterval(Connection connection) {
    List<Questions.File> files =
        Questions.changed(connection.db(), at("2020-06-01"), at("2023-01-01"));
    assertEquals(
        List.of(new Questions.File("a.txt", 2, 2, 32), new Questions.File("b.txt", 1, 1, 5)),
        files);
  }

  @Test
  void asOfADateTheOwnerIsWhoItWasThen(Connection connection) {
    Db now = connection.db();
    Db then = now.asOf(Date.from(at("2020-06-01")));
    assertEquals("bob", Questions.owner(now, "a.txt").orElseThrow().author());
    assertEquals("ann", Questions.owner(then, "a.txt").orElseThrow().author());
    assertTrue(Questions.owner(then, "b.txt").isEmpty());
  }

  @Test
  void aCommitIsSaidOnce(Connection connection) {
    long basis = connection.db().basisT();
    Commit known = commit("c1", List.of(), "ann", "2020-01-01", new Change("a.txt", 10));
    assertEquals(0, Import.add(connection, List.of(known)));
    assertEquals(basis, connection.db().basisT());
  }

  @Test
  void aCommitWithItsClockBehindIsSaidAfterItsParent(Connection connection) {
    Commit behind = commit("c4", List.of("c3"), "bob", "1999-01-01", new Change("b.txt", 9));
    assertEquals(1, Import.add(connection, List.of(behind)));
    Db db = connection.db();
    assertEquals("bob", Questions.owner(db, "b.txt").orElseThrow().author());
    assertEquals(
        "2022-01-01T00:00:00Z", Questions.owner(db, "b.txt").orElseThrow().since());
    assertEquals("1999-01-01T00:00:00Z", Questions.size(db).first());
  }

  @Test
  void parentsThatAShallowCloneLacksAreLeftOut(Connection connection) {
    Import.add(connection, List.of(commit("c9", List.of("c8"), "bob", "2023-01-01")));
    assertEquals(List.of(), Questions.ancestors(connection.db(), "c9"));
    assertEquals(Set.of("c3", "c9"), Set.copyOf(Questions.tips(connection.db())));
  }

  @Test
  void questionsAreAskedOverHttp(Ions ions) {
    var owner = ions.get("/tea/owner?file=a.txt&at=2020-06-01");
    assertEquals(200, owner.status());
    assertTrue(owner.text().contains("\"ann\""), owner.text());
    assertEquals(404, ions.get("/tea/owner?file=c.txt").status());
    assertEquals(400, ions.get("/tea/owner").status());
  }
}
