package valence.tools.transfer;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;
import valence.edn.Edn;
import valence.tools.schema.AttributeForm;
import valence.tools.schema.Schema;
import valence.tools.session.NodeDatabase;
import valence.tools.terminal.Json;
import valence.wire.DbValue;
import valence.wire.EdnBody;

/// One export: what a database value says now, entity by entity. Used once.
///
/// As EDN it is tx-data: first what has an ident, schema among it, then all else, a map a line,
/// with the entity's id as a temporary id. What transactions say of themselves is left out where
/// every database says it. As CSV or JSON lines it is rows, without schema.
public final class Export {
  private static final long PROGRESS_COUNT = 20_000;

  /// Of facts of one attribute or other thing of the schema.
  private static final long NAMED_FACTS_MAX = 20_000;

  private static final Object IDENTS =
      read("[:find ?e ?ident ?tx :where [?e :db/ident ?ident ?tx]]");
  private static final Object NAMES =
      read("[:find ?e ?a ?v :in $ [?e ...] [?a ...] :where [?e ?a ?v]]");

  private final NodeDatabase database;
  private final DbValue db;
  private final Schema schema;
  private final Writer out;
  private final LongConsumer progress;
  private final Map<Long, Keyword> idents = new HashMap<>();
  private final Set<Long> named = new LinkedHashSet<>();
  private final Map<Long, AttributeForm> attributes = new HashMap<>();
  private long entityCount;

  /// What is told: all that has an attribute of these, and of it these alone.
  ///
  /// @param attributes empty for all
  /// @param ids        whether rows have a column of their entity's id
  public record Choice(Set<Keyword> attributes, boolean ids) {
    public Choice {
      attributes = Set.copyOf(attributes);
    }
  }

  /// @param progress is told how many facts were read
  public Export(
      NodeDatabase database, DbValue db, Schema schema, Writer out, LongConsumer progress) {
    this.database = database;
    this.db = db;
    this.schema = schema;
    this.out = out;
    this.progress = progress;
    schema.attributes().values().forEach(form -> attributes.put(form.id(), form));
    for (Object row : database.rows(db, IDENTS)) {
      if (row instanceof List<?> cells
          && cells.get(0) instanceof Long e
          && cells.get(1) instanceof Keyword ident
          && cells.get(2) instanceof Long tx) {
        idents.put(e, ident);
        if (!Schema.isBootstrap(tx) && !Schema.IMPORT_KIND.equals(ident.getNamespace())) {
          named.add(e);
        }
      }
    }
  }

  private static Object read(String text) {
    return java.util.Objects.requireNonNull(Edn.read(text));
  }

  /// Writes everything; how many entities that were.
  public long write(Kind kind, Choice choice) throws IOException {
    switch (kind) {
      case EDN -> edn(choice);
      case JSONL -> entities(choice, entity -> line(Json.print(row(entity, choice))));
      case CSV -> csv(choice);
    }
    return entityCount;
  }

  /// An entity and what is said of it: values by attribute, in order.
  private record Told(long e, Map<Long, List<Object>> values) {}

  private interface Teller {
    void tell(Told entity) throws IOException;
  }

  private void line(String text) throws IOException {
    out.write(text);
    out.write('\n');
  }

  private void edn(Choice choice) throws IOException {
    Map<Keyword, Object> header = new LinkedHashMap<>();
    header.put(EdnItems.VERSION, EdnItems.VERSION_KNOWN);
    header.put(kw("valence.export/database"), database.name());
    Object t = db.asOf() == null ? db.t() : db.asOf();
    if (t != null) {
      header.put(kw("valence.export/t"), t);
    }
    line(EdnBody.text(header));
    // An attribute before what may be said with it: composites need their parts, others nothing.
    List<Told> schemaFirst = new ArrayList<>();
    for (long e : named) {
      Told told = new Told(e, new LinkedHashMap<>());
      for (Datom datom : database.datoms(db, "eavt", List.of(e), 0, NAMED_FACTS_MAX)) {
        told.values().computeIfAbsent(datom.a(), _ -> new ArrayList<>()).add(datom.v());
      }
      schemaFirst.add(told);
    }
    schemaFirst.sort(java.util.Comparator.comparing(this::rank));
    for (Told told : schemaFirst) {
      AttributeForm form = attributes.get(told.e());
      if (form != null
              && (choice.attributes().isEmpty() || choice.attributes().contains(form.ident()))
          || form == null) {
        line(EdnBody.text(map(told, Set.of())));
        entityCount++;
      }
    }
    entities(choice, entity -> {
      if (!named.contains(entity.e())) {
        line(EdnBody.text(map(entity, choice.attributes())));
      }
    });
  }

  private int rank(Told told) {
    AttributeForm form = attributes.get(told.e());
    return form == null ? 2 : form.elements().attributes().isEmpty() ? 0 : 1;
  }

  /// Goes through all entities that are of interest.
  private void entities(Choice choice, Teller teller) throws IOException {
    Told current = new Told(-1, new LinkedHashMap<>());
    long read = 0;
    try (Stream<Datom> all = database.datoms(db, "eavt")) {
      for (Iterator<Datom> datoms = all.iterator(); datoms.hasNext(); ) {
        Datom datom = datoms.next();
        if (datom.e() != current.e()) {
          finish(current, choice, teller);
          current = new Told(datom.e(), new LinkedHashMap<>());
        }
        if (isTold(datom)) {
          current.values().computeIfAbsent(datom.a(), _ -> new ArrayList<>()).add(datom.v());
        }
        if (++read % PROGRESS_COUNT == 0) {
          progress.accept(read);
        }
      }
    }
    progress.accept(read);
    finish(current, choice, teller);
  }

  private void finish(Told entity, Choice choice, Teller teller) throws IOException {
    boolean chosen = choice.attributes().isEmpty()
        ? !entity.values().isEmpty()
        : entity.values().keySet().stream()
            .map(attributes::get)
            .anyMatch(form -> form != null && choice.attributes().contains(form.ident()));
    if (chosen) {
      entityCount += named.contains(entity.e()) ? 0 : 1;
      teller.tell(entity);
    }
  }

  /// Whether a fact is one of this database alone, which isn't made by the database itself.
  private boolean isTold(Datom datom) {
    AttributeForm form = attributes.get(datom.a());
    if (form != null) {
      return form.elements().attributes().isEmpty() && !form.kind().equals(Schema.IMPORT_KIND);
    }
    Keyword ident = idents.get(datom.a());
    return ident != null
        && ident.equals(kw("db/doc"))
        && !Schema.isBootstrap(datom.tx())
        && !attributes.containsKey(datom.e());
  }

  /// An entity as a map of tx-data.
  private Map<Object, Object> map(Told entity, Set<Keyword> chosen) {
    Map<Object, Object> map = new LinkedHashMap<>();
    boolean hasName = named.contains(entity.e());
    if (!hasName) {
      map.put(kw("db/id"), Long.toString(entity.e()));
    }
    entity.values().forEach((a, values) -> {
      Keyword ident = idents.get(a);
      AttributeForm form = attributes.get(a);
      if (ident == null || (!chosen.isEmpty() && !chosen.contains(ident))) {
        return;
      }
      List<Object> told = new ArrayList<>();
      values.forEach(value -> told.add(value(value, form)));
      boolean many = form == null ? values.size() > 1 : form.many();
      // A set: a vector of two keywords would be taken for a lookup ref.
      map.put(ident, many ? new LinkedHashSet<>(told) : told.getFirst());
    });
    return map;
  }

  private Object value(Object value, @Nullable AttributeForm form) {
    // The attributes of schema itself have no form here; their references all have idents.
    if (form == null) {
      return value instanceof Long id && idents.containsKey(id) ? idents.get(id) : value;
    }
    if (form.isReference() && value instanceof Long id) {
      return idents.containsKey(id) ? idents.get(id) : Long.toString(id);
    }
    if (form.type().equals("tuple") && value instanceof List<?> elements) {
      List<@Nullable Object> told = new ArrayList<>();
      for (int i = 0; i < elements.size(); i++) {
        Object type = i < form.elements().types().size()
            ? form.elements().types().get(i)
            : form.elements().each();
        Object element = elements.get(i);
        told.add(
            String.valueOf(type).endsWith("ref") && element instanceof Long id
                ? idents.containsKey(id) ? idents.get(id) : Long.toString(id)
                : element);
      }
      return told;
    }
    return value;
  }

  private List<Keyword> columns(Choice choice) {
    List<Keyword> columns = new ArrayList<>();
    for (AttributeForm form : schema.shown()) {
      if ((choice.attributes().isEmpty() || choice.attributes().contains(form.ident()))
          && form.elements().attributes().isEmpty()) {
        columns.add(form.ident());
      }
    }
    return columns;
  }

  private void csv(Choice choice) throws IOException {
    List<Keyword> columns = columns(choice);
    List<String> names = new ArrayList<>();
    if (choice.ids()) {
      names.add("db/id");
    }
    columns.forEach(column -> names.add(column.toString().substring(1)));
    line(String.join(",", names.stream().map(Export::quoted).toList()));
    entities(choice, entity -> {
      Map<String, Object> row = row(entity, choice);
      List<String> cells = new ArrayList<>();
      for (String name : names) {
        Object value = row.get(name);
        cells.add(value == null ? "" : quoted(cell(value)));
      }
      line(String.join(",", cells));
    });
  }

  private static String cell(Object value) {
    return switch (value) {
      case String text -> text;
      case java.util.Date instant -> instant.toInstant().toString();
      case java.util.UUID uuid -> uuid.toString();
      case byte[] bytes -> java.util.HexFormat.of().formatHex(bytes);
      case java.net.URI uri -> uri.toString();
      case java.math.BigDecimal number -> number.toPlainString();
      case clojure.lang.BigInt number -> number.toBigInteger().toString();
      case Double number -> number.toString();
      case Float number -> number.toString();
      default -> EdnBody.text(value);
    };
  }

  private static String quoted(String cell) {
    boolean needed = cell.isEmpty()
        || cell.chars().anyMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r');
    return needed ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
  }

  /// An entity as a row: values by column.
  private Map<String, Object> row(Told entity, Choice choice) {
    Map<String, Object> row = new LinkedHashMap<>();
    if (choice.ids()) {
      row.put("db/id", Long.toString(entity.e()));
    }
    entity.values().forEach((a, values) -> {
      AttributeForm form = attributes.get(a);
      if (form == null
          || (!choice.attributes().isEmpty() && !choice.attributes().contains(form.ident()))) {
        return;
      }
      List<Object> told = new ArrayList<>();
      values.forEach(value -> told.add(rowValue(value, form)));
      row.put(form.ident().toString().substring(1), form.many() ? told : told.getFirst());
    });
    return row;
  }

  /// A reference by the ident or the identity of what it leads to, or else its entity id.
  private Object rowValue(Object value, AttributeForm form) {
    if (!form.isReference() || !(value instanceof Long id)) {
      return value instanceof Keyword || form.type().equals("tuple") ? EdnBody.text(value) : value;
    }
    if (idents.containsKey(id)) {
      return String.valueOf(idents.get(id));
    }
    List<Keyword> identities = new ArrayList<>();
    for (AttributeForm each : schema.shown()) {
      if (each.isIdentity() && each.elements().attributes().isEmpty()) {
        identities.add(each.ident());
      }
    }
    if (!identities.isEmpty()) {
      for (Object row :
          names.computeIfAbsent(id, _ -> database.rows(db, NAMES, List.of(id), identities))) {
        if (row instanceof List<?> cells) {
          return EdnBody.text(List.of(cells.get(1), cells.get(2)));
        }
      }
    }
    return id;
  }

  private static final int NAMES_MAX = 100_000;

  /// What leads to entities, as far as it was asked for.
  private final Map<Long, List<?>> names = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, List<?>> eldest) {
      return size() > NAMES_MAX;
    }
  };
}
