package valence.bench;

import java.util.Collection;
import java.util.List;

/// A database in memory that a suite over real data is loaded into and run on. Its class has a
/// public constructor without parameters, which makes it, empty.
public interface SuiteSystem extends AutoCloseable {
  String name();

  void transact(List<?> txData);

  /// Waits for the work in the background that follows loading.
  default void settle() throws InterruptedException {}

  /// The newest database value.
  Object db();

  /// The rows of a query.
  ///
  /// @param args with database values of this system
  Collection<?> q(Object query, List<?> args);

  @Override
  void close();
}
