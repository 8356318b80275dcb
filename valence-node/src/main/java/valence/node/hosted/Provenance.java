package valence.node.hosted;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Db;
import valence.api.Transaction;
import valence.api.TxReport;
import valence.edn.Edn;
import valence.engine.code.EntryPoint;
import valence.ion.AppInfo;
import valence.node.telemetry.Cause;

/// Says on a transaction's own entity which code transacts, and who asked for it.
///
/// A transaction that calls a function of the application gets these facts from the engine, with
/// the revision whose function it ran, which may be a newer one than the caller's; two revisions
/// on one transaction would contradict each other.
public final class Provenance {
  private static final Keyword ID = kw("db/id");
  private static final Keyword REVISION = kw("valence.tx/revision");
  private static final Keyword FUNCTION = kw("valence.tx/function");
  private static final Keyword REQUEST = kw("valence.tx/request");
  private static final Keyword TRACE = kw("valence.tx/trace");
  private static final Keyword PRINCIPAL = kw("valence.tx/principal");
  private static final String TX = "datomic.tx";

  private Provenance() {}

  /// The report as it would be had nothing been added.
  public static TxReport remove(TxReport report, Object data) {
    if (!report.tempids().containsKey(TX)
        || mentions(data instanceof String text ? Edn.read(text) : data)) {
      return report;
    }
    Map<String, Long> tempids = new LinkedHashMap<>(report.tempids());
    tempids.remove(TX);
    return new TxReport(
        report.dbBefore(),
        report.dbAfter(),
        report.txData(),
        tempids,
        report.stats(),
        report.ioStats());
  }

  /// Whether the caller names the transaction's own entity.
  private static boolean mentions(@Nullable Object data) {
    return switch (data) {
      case String text -> text.equals(TX);
      case Map<?, ?> map -> map.values().stream().anyMatch(Provenance::mentions);
      case Collection<?> members -> members.stream().anyMatch(Provenance::mentions);
      case null, default -> false;
    };
  }

  /// With who asked for it from elsewhere, by what request, when that is known.
  ///
  /// @param before may have been made before there were all of the attributes
  public static Transaction asked(Transaction transaction, Db before) {
    Cause cause = Cause.orNull();
    Object data = transaction.data() instanceof String text ? Edn.read(text) : transaction.data();
    if (cause == null
        || cause.principal() == null
        || !(data instanceof Collection<?> forms)
        || before.attribute(REQUEST).isEmpty()) {
      return transaction;
    }
    Map<Keyword, Object> facts = new LinkedHashMap<>();
    facts.put(ID, TX);
    put(facts, cause);
    List<@Nullable Object> more = new ArrayList<>(forms);
    more.add(facts);
    return transaction.withData(more);
  }

  private static void put(Map<Keyword, Object> facts, Cause cause) {
    facts.put(REQUEST, cause.requestId());
    facts.put(TRACE, cause.span().traceId());
    if (cause.principal() != null) {
      facts.put(PRINCIPAL, cause.principal());
    }
  }

  /// @param before may have been made before there were all of the attributes
  static Transaction add(Transaction transaction, AppInfo info, Db before) {
    Object data = transaction.data() instanceof String text ? Edn.read(text) : transaction.data();
    if (!(data instanceof Collection<?> forms) || forms.stream().anyMatch(Provenance::isCall)) {
      return transaction;
    }
    Map<Keyword, Object> facts = new LinkedHashMap<>();
    facts.put(ID, TX);
    facts.put(REVISION, info.revision());
    EntryPoint.running()
        .ifPresent(name -> facts.put(FUNCTION, name.getNamespace() + "/" + name.getName()));
    Cause cause = Cause.orNull();
    if (cause != null && before.attribute(REQUEST).isPresent()) {
      put(facts, cause);
    }
    List<@Nullable Object> more = new ArrayList<>(forms);
    more.add(facts);
    return transaction.withData(more);
  }

  /// Whether a form of tx-data is a call rather than a fact.
  private static boolean isCall(@Nullable Object form) {
    return form instanceof List<?> list
        && !list.isEmpty()
        && !(list.getFirst() instanceof Keyword operation && "db".equals(operation.getNamespace()));
  }
}
