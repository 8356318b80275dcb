package valence.conformance;

import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import valence.api.Client;
import valence.api.Connection;
import valence.edn.Edn;

/// Forms of the corpus for tests that need no database.
final class Forms {
  private Forms() {}

  /// As the corpus reader reads it, tags kept.
  static @Nullable Object read(String text) {
    return Edn.read(text, CorpusReader.TAGS);
  }

  /// As an expectation that names no entity.
  static @Nullable Object expected(String text) {
    return Resolver.resolve(read(text), nowhere());
  }

  /// A session without a database: whatever asks for one fails.
  static Session nowhere() {
    return Session.over(absent(Client.class), connection());
  }

  static Connection connection() {
    return absent(Connection.class);
  }

  private static <T> T absent(Class<T> type) {
    return type.cast(Proxy.newProxyInstance(
        Forms.class.getClassLoader(), new Class<?>[] {type}, (_, method, _) -> {
          throw new AssertionError("no database here to call " + method.getName());
        }));
  }
}
