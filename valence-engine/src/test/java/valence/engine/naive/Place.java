package valence.engine.naive;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import valence.api.Connection;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalClient;

/// A way to make a database: a connection whose clock is ours, and the same database found again.
interface Place {
  Instant START = Instant.parse("2024-01-01T00:00:00Z");

  Connection connection();

  void advance(long millis);

  /// Moves what was said into the durable indexes.
  void index();

  /// The database as whoever opens its storage now finds it.
  Connection again();

  /// The engine upon a log; found again by replaying it.
  static Place log() {
    MapStorage storage = new MapStorage();
    AtomicReference<Instant> now = new AtomicReference<>(START);
    LocalClient client = new LocalClient(storage.open(), FunctionResolver.none(), now::get);
    client.createDatabase("world");
    Connection connection = client.connect("world");
    return new Place() {
      @Override
      public Connection connection() {
        return connection;
      }

      @Override
      public void advance(long millis) {
        now.updateAndGet(instant -> instant.plusMillis(millis));
      }

      @Override
      public void index() {
        client.index("world");
      }

      @Override
      public Connection again() {
        return new LocalClient(storage.open(), FunctionResolver.none(), now::get).connect("world");
      }
    };
  }
}
