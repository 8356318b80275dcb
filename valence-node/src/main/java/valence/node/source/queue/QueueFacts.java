package valence.node.source.queue;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.api.TxReport;

/// The database that queues and sources are kept in. Safe for many threads.
public final class QueueFacts {
  /// Its name, which nobody else may use.
  public static final String DATABASE = "valence-sources";

  static final Keyword ID = kw("db/id");

  private final Connection connection;

  private QueueFacts(Connection connection) {
    this.connection = connection;
  }

  /// The database of a system, made when it isn't there.
  public static QueueFacts open(Client client) {
    client.createDatabase(DATABASE);
    Connection connection = client.connect(DATABASE);
    connection.transact(schema());
    return new QueueFacts(connection);
  }

  public Db db() {
    return connection.db();
  }

  /// Says facts; returns when they are durable.
  public TxReport say(List<?> facts) {
    return connection.transact(facts);
  }

  /// What an entity has for an attribute.
  public Optional<Object> value(Object entity, Keyword attribute) {
    return Optional.ofNullable(db().pull(List.of(attribute), entity).get(attribute));
  }

  /// The datoms of an attribute, in no promised order.
  List<Datom> datoms(Keyword attribute) {
    try (Stream<Datom> found = db().datoms(Index.AEVT, attribute)) {
      return new ArrayList<>(found.toList());
    }
  }

  static String schema() {
    try (InputStream in = QueueFacts.class.getResourceAsStream("schema.edn")) {
      if (in == null) {
        throw new AssertionError("schema.edn is part of the module");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
