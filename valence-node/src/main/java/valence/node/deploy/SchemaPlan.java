package valence.node.deploy;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Attribute;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.api.TxReport;
import valence.edn.Edn;
import valence.node.control.Ensured;
import valence.wire.Fields;
import valence.wire.ion.SchemaConfig;

/// The schema that a revision brings: what is to be said to which database.
///
/// Saying it adds and never takes away: what the database has beyond it stays. A definition that
/// changes what programs rely on (type, cardinality, uniqueness, ownership) is an objection; what
/// the engine refuses can't be forced either.
///
/// @param forms by database; maps with a `:db/ident`
public record SchemaPlan(Map<String, List<Map<?, ?>>> forms) {
  private static final Keyword IDENT = kw("db/ident");
  private static final List<Keyword> PREDICATES =
      List.of(kw("db.attr/preds"), kw("db.entity/preds"));

  /// Nothing to be said, to no database.
  public static final SchemaPlan NONE = new SchemaPlan(Map.of());

  /// The plan of a revision; `incorrect` where a resource is missing or holds something else.
  ///
  /// @param contents the text of a resource of its class path
  public static SchemaPlan of(SchemaConfig config, Function<String, Optional<String>> contents) {
    Map<String, List<Map<?, ?>>> forms = new LinkedHashMap<>();
    config.resources().forEach((database, resources) -> {
      List<Map<?, ?>> all = new ArrayList<>();
      resources.forEach(resource -> all.addAll(read(database, resource, contents)));
      forms.put(database, all);
    });
    return new SchemaPlan(forms);
  }

  boolean isEmpty() {
    return forms.isEmpty();
  }

  /// Why it can't or shouldn't be said, for people.
  ///
  /// @param allowed symbols that the revision lets transactions call
  public List<String> objections(Client system, Set<String> allowed) {
    List<String> objections = new ArrayList<>();
    Set<String> databases = Set.copyOf(system.listDatabases());
    forms.forEach((database, wanted) -> {
      for (Map<?, ?> form : wanted) {
        predicates(form).stream()
            .filter(predicate -> !allowed.contains(predicate))
            .forEach(predicate -> objections.add("The schema of database " + database
                + " lets " + Edn.print(form.get(IDENT)) + " be checked by " + predicate
                + ", which isn't under :allow."));
      }
      if (databases.contains(database)) {
        objections.addAll(objections(database, system.connect(database).db(), wanted));
      }
    });
    return objections;
  }

  /// Says it, to each database in one transaction, and makes those that are missing.
  ///
  /// @param before what the revision that runs brought; its attributes that this one has no more
  ///     are told of
  public List<Ensured> ensure(Client system, String rev, SchemaPlan before) {
    List<Ensured> ensured = new ArrayList<>();
    forms.forEach((database, wanted) -> {
      system.createDatabase(database);
      Connection connection = system.connect(database);
      Db db = connection.db();
      List<Keyword> left = new ArrayList<>(idents(before.forms.getOrDefault(database, List.of())));
      left.removeAll(idents(wanted));
      // Of a transaction that says nothing new only its own time is left.
      if (db.with(wanted).txData().size() <= 1) {
        ensured.add(new Ensured(database, OptionalLong.empty(), List.of(), left));
        return;
      }
      List<Object> txData = new ArrayList<>(wanted);
      txData.add(Map.of(kw("db/id"), "datomic.tx", kw("valence.tx/revision"), rev));
      TxReport report = connection.transact(txData);
      List<Keyword> added = idents(wanted).stream()
          .filter(ident -> report.dbBefore().entid(ident).isEmpty())
          .toList();
      ensured.add(new Ensured(database, OptionalLong.of(report.dbAfter().basisT()), added, left));
    });
    return ensured;
  }

  /// The idents that it gives a database.
  Map<String, List<Keyword>> idents() {
    Map<String, List<Keyword>> idents = new LinkedHashMap<>();
    forms.forEach((database, wanted) -> idents.put(database, List.copyOf(idents(wanted))));
    return idents;
  }

  private static Set<Keyword> idents(List<Map<?, ?>> forms) {
    Set<Keyword> idents = new LinkedHashSet<>();
    forms.forEach(form -> {
      if (form.get(IDENT) instanceof Keyword ident) {
        idents.add(ident);
      }
    });
    return idents;
  }

  private static List<String> objections(String database, Db db, List<Map<?, ?>> wanted) {
    List<String> objections = new ArrayList<>();
    for (Map<?, ?> form : wanted) {
      if (form.get(IDENT) instanceof Keyword ident) {
        db.attribute(ident).ifPresent(has -> objections.addAll(differences(database, has, form)));
      }
    }
    if (objections.isEmpty()) {
      try {
        db.with(wanted);
      } catch (AnomalyException e) {
        objections.add(
            "Database " + database + " refuses the schema: " + e.anomaly().message());
      }
    }
    return objections;
  }

  private static List<String> differences(String database, Attribute has, Map<?, ?> wanted) {
    List<String> differences = new ArrayList<>();
    Map<String, Object> now = new LinkedHashMap<>();
    now.put("db/valueType", has.valueType());
    now.put("db/cardinality", has.cardinality());
    now.put("db/unique", has.unique().<Object>map(unique -> unique).orElse("nothing"));
    now.put("db/isComponent", has.isComponent());
    now.forEach((property, value) -> {
      Object said = wanted.get(kw(property));
      if (said != null && !said.equals(value)) {
        differences.add(Edn.print(has.ident()) + " of database " + database + " has :" + property
            + " " + (value instanceof String none ? none : Edn.print(value))
            + ", which the schema would change to " + Edn.print(said) + ".");
      }
    });
    return differences;
  }

  private static List<String> predicates(Map<?, ?> form) {
    List<String> names = new ArrayList<>();
    for (Keyword key : PREDICATES) {
      Object value = form.get(key);
      Collection<?> all =
          value instanceof Collection<?> many ? many : value == null ? List.of() : List.of(value);
      for (Object each : all) {
        if (each instanceof Symbol symbol) {
          names.add(valence.node.deploy.Function.text(symbol));
        }
      }
    }
    return names;
  }

  private static List<Map<?, ?>> read(
      String database, String resource, Function<String, Optional<String>> contents) {
    Optional<String> text = contents.apply(resource);
    if (text.isEmpty()) {
      throw wrong(database, resource, "isn't on the class path of the revision", null);
    }
    Object value;
    try {
      value = Edn.read(text.get());
    } catch (AnomalyException e) {
      throw wrong(database, resource, "is no EDN: " + e.anomaly().message(), e);
    }
    List<Map<?, ?>> forms = new ArrayList<>();
    if (!(value instanceof List<?> all)) {
      throw wrong(database, resource, "holds " + Fields.shown(value) + ", not a vector", null);
    }
    for (Object each : all) {
      if (!(each instanceof Map<?, ?> form) || !(form.get(IDENT) instanceof Keyword)) {
        throw wrong(
            database,
            resource,
            "holds " + Fields.shown(each) + ", not the definition of something with a :db/ident",
            null);
      }
      forms.add(form);
    }
    return forms;
  }

  private static AnomalyException wrong(
      String database, String resource, String what, @Nullable Throwable cause) {
    Anomaly anomaly = Anomaly.incorrect(
        "ion.error/invalid-schema",
        "The resource " + resource + ", the schema of database " + database + ", " + what + ".",
        "Expected a vector of maps that define attributes and idents; data is said elsewhere, as"
            + " it would be said again with each deployment.",
        "Correct it, or :schema of ion-config.edn.");
    return cause == null ? anomaly.toException() : anomaly.toException(cause);
  }
}
