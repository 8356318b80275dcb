package valence.node.control;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import valence.api.Anomaly;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.edn.Edn;
import valence.engine.store.BlobId;
import valence.wire.ion.Artifact;
import valence.wire.ion.Coordinates;
import valence.wire.ion.IonConfig;
import valence.wire.ion.Revision;

/// The facts of the system itself. Safe for many threads.
public final class Control {
  /// The name of the database, which nobody else may use.
  public static final String DATABASE = "valence-control";

  private static final Keyword ID = kw("db/id");

  private final Connection connection;
  private final Deployments deployments;

  private Control(Connection connection) {
    this.connection = connection;
    this.deployments = new Deployments(connection);
  }

  /// The database itself, which the parts of the node keep their facts in.
  public Connection connection() {
    return connection;
  }

  public Deployments deployments() {
    return deployments;
  }

  /// The control database of a system, made when it isn't there.
  public static Control open(Client client) {
    client.createDatabase(DATABASE);
    Connection connection = client.connect(DATABASE);
    connection.transact(schema());
    return new Control(connection);
  }

  /// A revision that was registered.
  ///
  /// @param entity its entity id
  public record Registered(long entity, Instant pushedAt) {}

  /// Records what a push made.
  ///
  /// The name of a commit stands for what was first registered under it. An unreproducible name
  /// stands for what was last registered under it.
  ///
  /// @return false when it was registered before, and so nothing was recorded
  public boolean register(Revision revision) {
    String content = content(revision);
    Optional<Registered> known = find(revision.appName(), revision.rev());
    if (known.isPresent()
        && (revision.reproducible()
            || content.equals(content(connection.db(), known.get().entity())))) {
      return false;
    }
    List<Object> txData = new ArrayList<>();
    List<Object> classPath = new ArrayList<>();
    Map<String, String> artifacts = new LinkedHashMap<>(); // tempids by id: a jar may come twice
    for (Artifact artifact : revision.artifacts()) {
      String tempid =
          artifacts.computeIfAbsent(artifact.id(), id -> "artifact-" + artifacts.size());
      Map<Keyword, Object> entry = new LinkedHashMap<>();
      entry.put(kw("class-path/position"), (long) classPath.size());
      entry.put(kw("class-path/artifact"), tempid);
      entry.put(kw("class-path/name"), artifact.name());
      entry.put(kw("class-path/kind"), artifact.kind().keyword());
      Coordinates coordinates = artifact.coordinates();
      if (coordinates != null) {
        entry.put(kw("class-path/library"), coordinates.library());
        entry.put(kw("class-path/version"), coordinates.version());
      }
      classPath.add(entry);
      txData.add(Map.of(
          ID, tempid, kw("artifact/id"), artifact.id(), kw("artifact/size"), artifact.size()));
    }
    txData.add(Map.of(ID, "application", kw("application/name"), revision.appName()));
    Map<Keyword, Object> facts = new LinkedHashMap<>();
    facts.put(kw("revision/content"), content);
    facts.put(kw("revision/application"), "application");
    facts.put(kw("revision/name"), revision.rev());
    facts.put(kw("revision/pushed-by"), revision.pushedBy());
    facts.put(kw("revision/pushed-at"), new Date());
    facts.put(kw("revision/config"), Edn.print(revision.config().toMap()));
    if (!knows(content)) {
      facts.put(kw("revision/class-path"), classPath);
    }
    txData.add(facts);
    connection.transact(txData);
    return true;
  }

  /// The revision that a name stands for.
  public Optional<Registered> find(String appName, String rev) {
    Collection<List<Object>> found = connection
        .db()
        .q(
            "[:find ?r ?at :in $ ?app ?rev"
                + " :where [?a :application/name ?app] [?r :revision/application ?a]"
                + " [?r :revision/name ?rev] [?r :revision/pushed-at ?at]]",
            appName,
            rev);
    return found.stream()
        .map(row -> new Registered((long) row.get(0), ((Date) row.get(1)).toInstant()))
        .max(Comparator.comparing(Registered::pushedAt));
  }

  /// The revisions of an application as `{:rev … :content … :pushed-at … :pushed-by … :artifacts
  /// [{…} …]}`, newest first.
  public List<Map<Keyword, Object>> revisions(String appName) {
    Db db = connection.db();
    Collection<List<Object>> found = db.q(
        "[:find ?r ?rev ?at ?by :in $ ?app"
            + " :where [?a :application/name ?app] [?r :revision/application ?a]"
            + " [?r :revision/name ?rev] [?r :revision/pushed-at ?at]"
            + " [?r :revision/pushed-by ?by]]",
        appName);
    return found.stream()
        .sorted(Comparator.comparing((List<Object> row) -> (Date) row.get(2)).reversed())
        .map(row -> {
          Map<Keyword, Object> revision = new LinkedHashMap<>();
          revision.put(kw("rev"), row.get(1));
          revision.put(kw("content"), content(db, (long) row.get(0)));
          revision.put(kw("pushed-at"), row.get(2));
          revision.put(kw("pushed-by"), row.get(3));
          revision.put(
              kw("artifacts"),
              artifacts(db, (long) row.get(0)).stream().map(Artifact::toMap).toList());
          return revision;
        })
        .toList();
  }

  /// What was registered.
  public Revision revision(long entity) {
    Db db = connection.db();
    List<Object> named = db.q(
        "[:find [?app ?rev ?by ?config] :in $ ?r"
            + " :where [?r :revision/application ?a] [?a :application/name ?app]"
            + " [?r :revision/name ?rev] [?r :revision/pushed-by ?by]"
            + " [?r :revision/config ?config]]",
        entity);
    return new Revision(
        (String) named.get(0),
        (String) named.get(1),
        (String) named.get(2),
        IonConfig.parse((String) named.get(3)),
        artifacts(db, entity));
  }

  /// What a revision is, whatever it is called.
  public String contentId(long entity) {
    return String.valueOf(content(connection.db(), entity));
  }

  /// The revision that is what the id says; `not-found` when none is.
  public long entityOf(String contentId) {
    return connection
        .db()
        .entid(List.of(kw("revision/content"), contentId))
        .orElseThrow(() -> Anomaly.of(
                Anomaly.Category.NOT_FOUND, "There is no revision with content " + contentId + ".")
            .toException());
  }

  /// The class path of a revision, in its order.
  private static List<Artifact> artifacts(Db db, long revision) {
    Collection<List<Object>> classPath = db.q(
        "[:find ?position ?id ?name ?size ?kind ?library ?version :in $ ?r"
            + " :where [?r :revision/class-path ?c] [?c :class-path/position ?position]"
            + " [?c :class-path/name ?name] [?c :class-path/kind ?kind]"
            + " [?c :class-path/artifact ?a] [?a :artifact/id ?id] [?a :artifact/size ?size]"
            + " [(get-else $ ?c :class-path/library \"\") ?library]"
            + " [(get-else $ ?c :class-path/version \"\") ?version]]",
        revision);
    return classPath.stream()
        .sorted(Comparator.comparingLong(row -> (long) row.get(0)))
        .map(Control::artifact)
        .toList();
  }

  private static Artifact artifact(List<Object> row) {
    String library = (String) row.get(5);
    return new Artifact(
        (String) row.get(1),
        (String) row.get(2),
        (long) row.get(3),
        Artifact.Kind.of((Keyword) row.get(4)),
        library.isEmpty() ? null : new Coordinates(library, (String) row.get(6)));
  }

  /// The application that a group runs; empty when none was ever deployed.
  public Optional<String> application(String group) {
    return deployments
        .current(group)
        .map(deployment -> revision(deployment.revision()).appName());
  }

  /// Since when a group runs what it runs.
  public Optional<Instant> servesSince(String group) {
    Object since = connection
        .db()
        .q(
            "[:find ?at . :in $ ?group :where [?g :group/name ?group]"
                + " [?g :group/deployment _ ?tx] [?tx :db/txInstant ?at]]",
            group);
    return since instanceof Date date ? Optional.of(date.toInstant()) : Optional.empty();
  }

  private boolean knows(String content) {
    return connection.db().entid(List.of(kw("revision/content"), content)).isPresent();
  }

  private static Object content(Db db, long revision) {
    Object content = db.pull(List.of(kw("revision/content")), revision).get(kw("revision/content"));
    return content == null ? "" : content;
  }

  private static String content(Revision revision) {
    Map<Keyword, Object> what = new LinkedHashMap<>(revision.toMap());
    what.remove(kw("pushed-by"));
    return BlobId.of(ByteBuffer.wrap(Edn.print(what).getBytes(StandardCharsets.UTF_8)))
        .hex();
  }

  private static String schema() {
    try (InputStream in = Control.class.getResourceAsStream("schema.edn")) {
      if (in == null) {
        throw new AssertionError("schema.edn is part of the module");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
