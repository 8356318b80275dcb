package valence.node.access;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.DbValue;
import valence.wire.Fields;
import valence.wire.LogValue;
import valence.wire.access.Action;
import valence.wire.access.Grant;

/// What a request needs: any one of some actions, for each database that it concerns.
///
/// @param anyOf empty when it's enough to be somebody
record Rule(List<Action> anyOf, Scope scope) {
  /// Which databases a request concerns.
  enum Scope {
    /// That of `:db-name`.
    NAME,
    /// That of the database value `:db`.
    VALUE,
    /// Those of the database values in `:args`.
    ARGUMENTS,
    /// All of them: a grant for one isn't enough.
    EVERY,
    /// None: the answer leaves out those of which nothing is granted.
    NONE
  }

  Rule {
    anyOf = List.copyOf(anyOf);
  }

  static Rule of(Scope scope, Action... anyOf) {
    return new Rule(List.of(anyOf), scope);
  }

  /// Refuses who may do this for no database at all; known before the body is read.
  void requireSomewhere(Caller caller) {
    boolean allowed = scope == Scope.EVERY
        ? anyOf.stream().anyMatch(action -> caller.may(action, Grant.EVERY))
        : anyOf.stream().anyMatch(caller::maySomewhere);
    if (!allowed && !anyOf.isEmpty()) {
      throw refused(caller, scope == Scope.EVERY ? Grant.EVERY : "DB");
    }
  }

  /// Refuses who may not do this for each database of the request.
  void require(Caller caller, List<String> databases) {
    for (String database : databases) {
      if (anyOf.stream().noneMatch(action -> caller.may(action, database))) {
        throw refused(caller, database);
      }
    }
  }

  /// The databases that a request names. A request of another form names none: what answers it will
  /// refuse it.
  List<String> databases(Fields request) {
    List<String> databases = new ArrayList<>();
    switch (scope) {
      case NAME -> {
        if (request.value("db-name") instanceof String name) {
          databases.add(name);
        }
      }
      case VALUE -> {
        if (request.value("db") instanceof DbValue value) {
          databases.add(value.dbName());
        }
      }
      case ARGUMENTS -> {
        if (request.value("args") instanceof List<?> args) {
          for (Object arg : args) {
            switch (arg) {
              case DbValue value -> databases.add(value.dbName());
              case LogValue log -> databases.add(log.dbName());
              case null, default -> {}
            }
          }
        }
      }
      case EVERY, NONE -> {}
    }
    return databases;
  }

  private AnomalyException refused(Caller caller, String database) {
    String missing = anyOf.stream()
        .map(action -> action.ofDatabases() ? action.word() + ":" + database : action.word())
        .collect(Collectors.joining(" or "));
    return Anomaly.of(
            Anomaly.Category.FORBIDDEN,
            caller.name() + " isn't allowed to do this: the grant " + missing + " is missing.",
            "Use a key of a principal who has it, or create one with `valence access create`.")
        .withError("access.error/not-granted")
        .with(Keyword.intern("access", "missing"), missing)
        .toException();
  }
}
