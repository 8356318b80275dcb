package valence.tools.schema;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import valence.api.Datom;
import valence.edn.Edn;
import valence.tools.session.NodeDatabase;
import valence.wire.DbValue;

/// Kinds of entities and what leads from one to another, as the data shows it.
///
/// @param kinds  the attributes of each kind, by its name
/// @param idents of kinds whose entities are names alone, such as the values of an enumeration
/// @param arrows without two of the same
public record Diagram(
    Map<String, List<AttributeForm>> kinds, Map<String, List<String>> idents, List<Arrow> arrows) {
  /// How many values of a reference are looked at.
  static final int SAMPLE_COUNT = 1_000;

  private static final String TARGETS =
      "[:find ?v ?ident :in $ [?v ...] :where [?v ?a] [?a :db/ident ?ident]]";
  private static final String NAMES =
      "[:find ?v ?ident :in $ [?v ...] :where [?v :db/ident ?ident]]";

  /// @param from      a reference
  /// @param to        the kind that its values are of
  public record Arrow(AttributeForm from, String to) {}

  /// Reads what references lead to.
  public static Diagram of(NodeDatabase database, DbValue db, Schema schema) {
    Map<String, List<AttributeForm>> kinds = schema.kinds();
    Map<String, Set<String>> idents = new TreeMap<>();
    Set<Arrow> arrows = new LinkedHashSet<>();
    for (AttributeForm form : schema.shown()) {
      if (form.isReference()) {
        for (String kind : targets(database, db, form, idents)) {
          if (kinds.containsKey(kind) || idents.containsKey(kind)) {
            arrows.add(new Arrow(form, kind));
          }
        }
      }
    }
    Map<String, List<String>> named = new LinkedHashMap<>();
    idents.forEach((kind, names) -> {
      if (!kinds.containsKey(kind)) {
        named.put(kind, List.copyOf(names));
      }
    });
    return new Diagram(kinds, named, List.copyOf(arrows));
  }

  private static Set<String> targets(
      NodeDatabase database, DbValue db, AttributeForm form, Map<String, Set<String>> idents) {
    Set<Object> values = new LinkedHashSet<>();
    for (Datom datom : database.datoms(db, "aevt", List.of(form.ident()), 0, SAMPLE_COUNT)) {
      values.add(datom.v());
    }
    Set<String> kinds = new TreeSet<>();
    if (values.isEmpty()) {
      return kinds;
    }
    List<Object> sample = new ArrayList<>(values);
    Map<Object, Keyword> names = pairs(database.rows(db, query(NAMES), sample));
    names.forEach((_, name) -> {
      if (name.getNamespace() != null) {
        idents.computeIfAbsent(name.getNamespace(), _ -> new TreeSet<>()).add(name.toString());
        kinds.add(name.getNamespace());
      }
    });
    for (Object row : database.rows(db, query(TARGETS), sample)) {
      if (row instanceof List<?> cells
          && !names.containsKey(cells.get(0))
          && cells.get(1) instanceof Keyword ident
          && ident.getNamespace() != null) {
        kinds.add(ident.getNamespace());
      }
    }
    return kinds;
  }

  private static Object query(String text) {
    return java.util.Objects.requireNonNull(Edn.read(text));
  }

  private static Map<Object, Keyword> pairs(List<?> rows) {
    Map<Object, Keyword> pairs = new HashMap<>();
    for (Object row : rows) {
      if (row instanceof List<?> cells && cells.get(1) instanceof Keyword ident) {
        pairs.put(cells.get(0), ident);
      }
    }
    return pairs;
  }

  /// As Mermaid, which many places show: an entity-relationship diagram.
  public String mermaid() {
    StringBuilder out = new StringBuilder("erDiagram\n");
    kinds.forEach((kind, forms) -> {
      out.append("  ").append(word(kind)).append(" {\n");
      for (AttributeForm form : forms) {
        out.append("    ")
            .append(form.type())
            .append(form.many() ? "-many " : " ")
            .append(word(form.ident().getName()))
            .append(form.unique().isEmpty() ? "" : " UK")
            .append('\n');
      }
      out.append("  }\n");
    });
    idents.forEach((kind, names) -> {
      out.append("  ").append(word(kind)).append(" {\n");
      names.forEach(name -> out.append("    ident ")
          .append(word(name.substring(name.indexOf('/') + 1)))
          .append('\n'));
      out.append("  }\n");
    });
    for (Arrow arrow : arrows) {
      out.append("  ")
          .append(word(arrow.from().kind()))
          .append(arrow.from().many() ? " }o--o{ " : " }o--|| ")
          .append(word(arrow.to()))
          .append(" : \"")
          .append(arrow.from().ident().getName())
          .append("\"\n");
    }
    return out.toString();
  }

  /// As text for Graphviz.
  public String dot() {
    StringBuilder out = new StringBuilder(
        "digraph schema {\n  rankdir=LR;\n  node [shape=record, fontname=\"Helvetica\"];\n");
    kinds.forEach((kind, forms) -> {
      out.append("  \"").append(kind).append("\" [label=\"").append(kind).append("|{");
      String separator = "";
      for (AttributeForm form : forms) {
        out.append(separator)
            .append(escaped(form.ident().getName()))
            .append(" : ")
            .append(form.type())
            .append(form.many() ? " *" : "");
        separator = "|";
      }
      out.append("}\"];\n");
    });
    idents.forEach((kind, names) -> out.append("  \"")
        .append(kind)
        .append("\" [label=\"")
        .append(kind)
        .append("|{")
        .append(escaped(String.join("|", names)).replace("\\|", "|"))
        .append("}\", style=dashed];\n"));
    for (Arrow arrow : arrows) {
      out.append("  \"")
          .append(arrow.from().kind())
          .append("\" -> \"")
          .append(arrow.to())
          .append("\" [label=\"")
          .append(arrow.from().ident().getName())
          .append(arrow.from().many() ? " *" : "")
          .append("\"];\n");
    }
    return out.append("}\n").toString();
  }

  /// As a picture that needs nothing else.
  public String svg() {
    return new Drawing(this).svg();
  }

  private static String escaped(String text) {
    return text.replaceAll("([|{}<>\"\\\\])", "\\\\$1");
  }

  /// A name that Mermaid takes.
  private static String word(String text) {
    String word = text.replaceAll("[^A-Za-z0-9_-]", "_");
    return word.isEmpty() ? "_" : word;
  }
}
