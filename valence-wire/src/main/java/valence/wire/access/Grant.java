package valence.wire.access;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// One action that a principal may do, written `read:shop`, `read:*` or `push`.
///
/// @param database a name, [#EVERY] for all but the system's own, or empty for actions that aren't
/// of
///     databases
public record Grant(Action action, String database) {
  /// In place of a name: every database that users made, also those to come.
  public static final String EVERY = "*";

  /// The system's own database, which [#EVERY] doesn't mean: it tells of code, people and
  /// parameters.
  public static final String CONTROL_DATABASE = "valence-control";

  /// The database of queues and sources, which [#EVERY] doesn't mean either: it holds what others
  /// sent.
  public static final String SOURCES_DATABASE = "valence-sources";

  private static final String ALL = "all";
  private static final Pattern DATABASE = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

  public Grant {
    boolean whole = action.ofDatabases()
        ? database.equals(EVERY) || DATABASE.matcher(database).matches()
        : database.isEmpty();
    if (!whole) {
      throw wrong(database.isEmpty() ? action.word() : action.word() + ":" + database);
    }
  }

  /// The grants that a word stands for: one, or with `all` every one of them.
  public static List<Grant> parse(String text) {
    if (text.equals(ALL)) {
      List<Grant> all = new ArrayList<>();
      for (Action action : Action.values()) {
        all.add(new Grant(action, action.ofDatabases() ? EVERY : ""));
      }
      all.add(new Grant(Action.READ, CONTROL_DATABASE));
      all.add(new Grant(Action.READ, SOURCES_DATABASE));
      return all;
    }
    int colon = text.indexOf(':');
    String word = colon < 0 ? text : text.substring(0, colon);
    Action action = Action.of(word).orElseThrow(() -> wrong(text));
    if (action.ofDatabases() != (colon >= 0)) {
      throw wrong(text);
    }
    return List.of(new Grant(action, colon < 0 ? "" : text.substring(colon + 1)));
  }

  /// Whether it allows an action on a database; the name is ignored where the action has none.
  public boolean allows(Action wanted, String name) {
    return action == wanted
        && (!action.ofDatabases()
            || database.equals(name)
            || database.equals(EVERY)
                && !name.equals(CONTROL_DATABASE)
                && !name.equals(SOURCES_DATABASE));
  }

  @Override
  public String toString() {
    return database.isEmpty() ? action.word() : action.word() + ":" + database;
  }

  private static AnomalyException wrong(String text) {
    return Anomaly.incorrect(
            "access.error/invalid-grant",
            "\"" + text + "\" is no grant.",
            "Expected administer:DB, transact:DB or read:DB, with * for every database, or push,"
                + " deploy, configure, call, or all.",
            "Write, for example, read:inventory.")
        .toException();
  }
}
