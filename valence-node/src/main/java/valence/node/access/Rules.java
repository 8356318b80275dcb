package valence.node.access;

import static valence.wire.access.Action.ADMINISTER;
import static valence.wire.access.Action.CALL;
import static valence.wire.access.Action.CONFIGURE;
import static valence.wire.access.Action.DEPLOY;
import static valence.wire.access.Action.PUSH;
import static valence.wire.access.Action.READ;
import static valence.wire.access.Action.TRANSACT;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What each request at a node's doors needs. What isn't here isn't answered.
final class Rules {
  private static final String OPERATIONS_PATH = "/api/";
  private static final String UPLOADS_PATH = "/artifacts/";
  private static final String LAMBDA_PATH = "/2015-03-31/";
  private static final String INVOKE_PATH = "/invoke/";

  /// By the operation's name.
  static final Map<String, Rule> OPERATIONS = new TreeMap<>(Map.ofEntries(
      Map.entry("create-database", Rule.of(Rule.Scope.NAME, ADMINISTER)),
      Map.entry("delete-database", Rule.of(Rule.Scope.NAME, ADMINISTER)),
      Map.entry("list-databases", Rule.of(Rule.Scope.NONE, ADMINISTER)),
      Map.entry("db", Rule.of(Rule.Scope.NAME, READ, TRANSACT)),
      Map.entry("db-status", Rule.of(Rule.Scope.NAME, READ)),
      Map.entry("db-stats", Rule.of(Rule.Scope.VALUE, READ)),
      Map.entry("q", Rule.of(Rule.Scope.ARGUMENTS, READ)),
      Map.entry("pull", Rule.of(Rule.Scope.VALUE, READ)),
      Map.entry("datoms", Rule.of(Rule.Scope.VALUE, READ)),
      Map.entry("tx-range", Rule.of(Rule.Scope.NAME, READ)),
      Map.entry("tx-feed", Rule.of(Rule.Scope.NAME, READ)),
      Map.entry("live", Rule.of(Rule.Scope.NAME, READ)),
      Map.entry("qseq", Rule.of(Rule.Scope.ARGUMENTS, READ)),
      Map.entry("pull-many", Rule.of(Rule.Scope.VALUE, READ)),
      Map.entry("index-pull", Rule.of(Rule.Scope.VALUE, READ)),
      Map.entry("index-range", Rule.of(Rule.Scope.VALUE, READ)),
      Map.entry("seek-datoms", Rule.of(Rule.Scope.VALUE, READ)),
      Map.entry("entid", Rule.of(Rule.Scope.VALUE, READ)),
      Map.entry("ident", Rule.of(Rule.Scope.VALUE, READ)),
      Map.entry("attribute", Rule.of(Rule.Scope.VALUE, READ)),
      Map.entry("tx-at", Rule.of(Rule.Scope.VALUE, READ)),
      Map.entry("describe", Rule.of(Rule.Scope.VALUE, READ)),
      Map.entry("sync", Rule.of(Rule.Scope.NAME, READ, TRANSACT)),
      Map.entry("sync-excise", Rule.of(Rule.Scope.NAME, TRANSACT)),
      Map.entry("with", Rule.of(Rule.Scope.VALUE, READ)),
      Map.entry("transact", Rule.of(Rule.Scope.NAME, TRANSACT)),
      Map.entry("missing-artifacts", Rule.of(Rule.Scope.NONE, PUSH)),
      Map.entry("register-revision", Rule.of(Rule.Scope.NONE, PUSH)),
      Map.entry("revisions", Rule.of(Rule.Scope.NONE, PUSH, DEPLOY)),
      Map.entry("revision-difference", Rule.of(Rule.Scope.NONE, PUSH, DEPLOY)),
      Map.entry("deploy", Rule.of(Rule.Scope.NONE, DEPLOY)),
      Map.entry("rollback", Rule.of(Rule.Scope.NONE, DEPLOY)),
      Map.entry("deployments", Rule.of(Rule.Scope.NONE, PUSH, DEPLOY)),
      Map.entry("deploy-status", Rule.of(Rule.Scope.NONE, PUSH, DEPLOY)),
      Map.entry("parameters", Rule.of(Rule.Scope.NONE, CONFIGURE)),
      Map.entry("set-parameter", Rule.of(Rule.Scope.NONE, CONFIGURE)),
      Map.entry("remove-parameter", Rule.of(Rule.Scope.NONE, CONFIGURE)),
      Map.entry("parameter-history", Rule.of(Rule.Scope.NONE, CONFIGURE)),
      Map.entry("environment", Rule.of(Rule.Scope.NONE, CONFIGURE, DEPLOY)),
      Map.entry("set-environment", Rule.of(Rule.Scope.NONE, CONFIGURE)),
      Map.entry("sources", Rule.of(Rule.Scope.NONE, PUSH, DEPLOY)),
      Map.entry("pause-source", Rule.of(Rule.Scope.NONE, DEPLOY)),
      Map.entry("resume-source", Rule.of(Rule.Scope.NONE, DEPLOY)),
      Map.entry("dead-letters", Rule.of(Rule.Scope.NONE, DEPLOY)),
      Map.entry("replay-dead-letters", Rule.of(Rule.Scope.NONE, DEPLOY)),
      Map.entry("rebuild-index", Rule.of(Rule.Scope.NAME, ADMINISTER)),
      Map.entry("casts", Rule.of(Rule.Scope.NONE, DEPLOY)),
      Map.entry("dev-casts", Rule.of(Rule.Scope.NONE, DEPLOY)),
      Map.entry("cancel", Rule.of(Rule.Scope.NONE)),
      Map.entry("status", Rule.of(Rule.Scope.NONE)),
      Map.entry("shutdown", Rule.of(Rule.Scope.EVERY, ADMINISTER))));

  private static final String LIVE_PATH = "/live-queries";

  static final Rule LIVE = Rule.of(Rule.Scope.NAME, READ);

  static final Rule METRICS = Rule.of(Rule.Scope.NONE, READ, DEPLOY, ADMINISTER);
  static final Rule UPLOAD = Rule.of(Rule.Scope.NONE, PUSH);
  static final Rule INVOKE = Rule.of(Rule.Scope.NONE, CALL);
  static final Rule QUEUE = Rule.of(Rule.Scope.NONE, CALL);
  static final Rule WEB = Rule.of(Rule.Scope.NONE, CALL);

  private Rules() {}

  /// The rule of a path of the api door.
  static Optional<Rule> ofApi(String path) {
    if (path.startsWith(OPERATIONS_PATH)) {
      return Optional.ofNullable(OPERATIONS.get(path.substring(OPERATIONS_PATH.length())));
    }
    if (path.equals("/metrics")) {
      return Optional.of(METRICS);
    }
    if (path.startsWith(UPLOADS_PATH)) {
      return Optional.of(UPLOAD);
    }
    if (path.equals(LIVE_PATH)) {
      return Optional.of(LIVE);
    }
    return path.startsWith(LAMBDA_PATH) || path.startsWith(INVOKE_PATH)
        ? Optional.of(INVOKE)
        : Optional.empty();
  }
}
