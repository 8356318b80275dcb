package valence.tools.schema;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import valence.edn.Edn;
import valence.tools.session.NodeDatabase;
import valence.wire.DbValue;

/// The attributes that a database has beyond those of every database, by ident, sorted.
public record Schema(Map<Keyword, AttributeForm> attributes) {
  /// The namespace of what an import notes about itself.
  public static final String IMPORT_KIND = "valence.import";

  private static final Object QUERY = query("""
      [:find (pull ?a [:db/id :db/ident {:db/valueType [:db/ident]} {:db/cardinality [:db/ident]}
                       {:db/unique [:db/ident]} :db/isComponent :db/noHistory :db/doc
                       :db/tupleAttrs :db/tupleTypes :db/tupleType])
              ?tx
       :where [?a :db/valueType _ ?tx]]""");

  public Schema {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  private static Object query(String text) {
    return java.util.Objects.requireNonNull(Edn.read(text));
  }

  /// That of a database value.
  public static Schema of(NodeDatabase database, DbValue db) {
    List<AttributeForm> forms = new ArrayList<>();
    for (Object row : database.rows(db, QUERY)) {
      if (row instanceof List<?> cells
          && cells.get(0) instanceof Map<?, ?> pulled
          && cells.get(1) instanceof Long tx
          && !isBootstrap(tx)) {
        forms.add(AttributeForm.of(pulled));
      }
    }
    forms.sort(Comparator.comparing(form -> form.ident().toString()));
    Map<Keyword, AttributeForm> attributes = new LinkedHashMap<>();
    forms.forEach(form -> attributes.put(form.ident(), form));
    return new Schema(attributes);
  }

  /// Whether a transaction is the one that every database begins with.
  public static boolean isBootstrap(long tx) {
    return valence.api.Valence.toT(tx) == 0;
  }

  public Optional<AttributeForm> attribute(Keyword ident) {
    return Optional.ofNullable(attributes.get(ident));
  }

  /// Those that a person made, without what an import notes.
  public List<AttributeForm> shown() {
    return attributes.values().stream()
        .filter(form -> !form.kind().equals(IMPORT_KIND))
        .toList();
  }

  /// The attributes of each kind.
  public Map<String, List<AttributeForm>> kinds() {
    Map<String, List<AttributeForm>> kinds = new LinkedHashMap<>();
    for (AttributeForm form : shown()) {
      kinds.computeIfAbsent(form.kind(), _ -> new ArrayList<>()).add(form);
    }
    return kinds;
  }
}
