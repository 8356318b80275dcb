package valence.tools.log;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;
import valence.edn.Edn;
import valence.tools.session.NodeDatabase;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;
import valence.wire.DbValue;
import valence.wire.Fields;

/// Prints transactions of one database: of each when and by whom, then what it said.
///
/// Not safe for several threads.
public final class TransactionPage {
  private static final Object IDENTS = java.util.Objects.requireNonNull(
      Edn.read("[:find ?entity ?ident :where [?entity :db/ident ?ident]]"));
  private static final Object REFERENCES = java.util.Objects.requireNonNull(
      Edn.read("[:find [?a ...] :where [?a :db/valueType :db.type/ref]]"));
  private static final Keyword INSTANT = kw("db/txInstant");

  /// What only programs want to know.
  private static final Set<Keyword> HIDDEN =
      Set.of(kw("valence.tx/request-id"), kw("valence.import/batch"), kw("db.install/attribute"));

  private final Terminal terminal;
  private final NodeDatabase database;
  private final Map<Long, Keyword> idents = new HashMap<>();
  private final Set<Object> references = new HashSet<>();

  public TransactionPage(Terminal terminal, NodeDatabase database) {
    this.terminal = terminal;
    this.database = database;
  }

  /// One entry of the log.
  public void print(@Nullable Object entry) {
    Fields fields = Fields.of("A log entry", entry);
    List<Datom> datoms = new ArrayList<>();
    fields.list("data", List.of()).forEach(datom -> {
      if (datom instanceof Datom each) {
        datoms.add(each);
      }
    });
    if (datoms.stream().anyMatch(datom -> !idents.containsKey(datom.a()))) {
      learn(); // attributes that are newer than what is known
    }
    print(fields.number("t", 0, Long.MAX_VALUE), datoms);
  }

  private void print(long t, List<Datom> datoms) {
    StringBuilder head = new StringBuilder(terminal.bold("t " + t));
    StringBuilder about = new StringBuilder();
    Table table = new Table(List.of("", "entity", "attribute", "value"));
    int rows = 0;
    for (Datom datom : datoms) {
      Keyword attribute = idents.getOrDefault(datom.a(), kw("unknown"));
      if (attribute.equals(INSTANT) && datom.v() instanceof java.util.Date instant) {
        head.append("  ").append(instant.toInstant());
      } else if (HIDDEN.contains(attribute)) {
        continue;
      } else if (datom.e() == datom.tx()) {
        about.append("  ").append(name(attribute)).append(' ').append(Table.cell(value(datom)));
      } else {
        Object entity = idents.containsKey(datom.e()) ? idents.get(datom.e()) : datom.e();
        table.row(List.of(
            datom.added() ? "+" : "-", String.valueOf(entity), attribute.toString(), value(datom)));
        rows++;
      }
    }
    terminal.line(head + terminal.cyan(about.toString()));
    if (rows > 0) {
      table.print(terminal);
    }
    terminal.line("");
  }

  /// What a transaction says of itself, shortly where everybody says it.
  private static String name(Keyword attribute) {
    String kind = attribute.getNamespace();
    return "valence.tx".equals(kind) || "valence.import".equals(kind)
        ? attribute.getName()
        : attribute.toString();
  }

  private Object value(Datom datom) {
    return datom.v() instanceof Long id && references.contains(datom.a()) && idents.containsKey(id)
        ? idents.get(id)
        : datom.v();
  }

  private void learn() {
    DbValue db = database.newest();
    for (Object row : database.rows(db, IDENTS)) {
      if (row instanceof List<?> cells
          && cells.get(0) instanceof Long id
          && cells.get(1) instanceof Keyword ident) {
        idents.put(id, ident);
      }
    }
    references.addAll(database.rows(db, REFERENCES));
  }
}
