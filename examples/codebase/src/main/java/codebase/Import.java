package codebase;

import static valence.api.Valence.kw;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import valence.api.Connection;
import valence.api.Db;
import valence.api.Transaction;
import valence.ion.LambdaContext;

/// Says the facts of commits: each commit one transaction, at the time when it was committed.
public final class Import {
  /// The payload: commits of a repository, parents before their children.
  public record Batch(String repository, List<Commit> commits) {}

  private Import() {}

  /// Lambda handler. A commit that is known already is left alone, so a batch may be sent again.
  public static Map<String, Object> commits(String payload, LambdaContext context) {
    Batch batch = Json.read(payload, Batch.class);
    return Map.of("added", add(Codebase.connection(batch.repository()), batch.commits()));
  }

  /// How many of the commits were new.
  static int add(Connection connection, List<Commit> commits) {
    int added = 0;
    Db db = connection.db();
    for (Commit commit : commits) {
      if (db.entid(List.of(kw("commit/sha"), commit.sha())).isEmpty()) {
        db = connection.transact(transaction(db, commit)).dbAfter();
        added++;
      }
    }
    return added;
  }

  /// Named by the commit, so that one that is sent twice at the same time is said once.
  private static Transaction transaction(Db db, Commit commit) {
    UUID name = UUID.nameUUIDFromBytes(commit.sha().getBytes(StandardCharsets.UTF_8));
    return Transaction.of(commit.facts(db)).withRequestId(name);
  }
}
