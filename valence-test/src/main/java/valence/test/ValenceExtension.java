package valence.test;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;

/// What [ValenceTest] does; registered in a static field, with what prepares the system in Java:
///
///     @RegisterExtension
///     static final ValenceExtension VALENCE =
///         new ValenceExtension("shop", system -> Setup.ensure(system.database("shop")));
public final class ValenceExtension
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(ValenceExtension.class);
  private static final Set<Class<?>> GIVEN = Set.of(
      TestSystem.class, Client.class, Connection.class, Db.class, Ions.class, TestClock.class);

  /// Says what every test of a class finds, once.
  public interface Preparation {
    void prepare(TestSystem system) throws Exception;
  }

  /// What the tests of a class are forked from.
  private record Prepared(TestSystem system, String database) implements AutoCloseable {
    @Override
    public void close() {
      system.close();
    }
  }

  private final String database;
  private final @Nullable Preparation preparation;

  /// Prepares what the annotation says.
  public ValenceExtension() {
    this.database = "";
    this.preparation = null;
  }

  /// @param database that `Connection` and `Db` are of
  public ValenceExtension(String database, Preparation preparation) {
    this.database = database;
    this.preparation = preparation;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    ValenceTest asked = AnnotationSupport.findAnnotation(
            context.getRequiredTestClass(), ValenceTest.class)
        .orElse(null);
    boolean inner = context.getStore(NAMESPACE).get(Prepared.class) != null;
    if (!inner || context.getRequiredTestClass().isAnnotationPresent(ValenceTest.class)) {
      context.getStore(NAMESPACE).put(Prepared.class, prepared(asked));
    }
  }

  private Prepared prepared(@Nullable ValenceTest asked) throws Exception {
    Instant now = asked == null || asked.now().isEmpty() ? null : Instant.parse(asked.now());
    List<java.nio.file.Path> isolated =
        asked != null && asked.isolated() ? TestSystem.classPath() : List.of();
    TestSystem system = TestSystem.opened(
        Thread.currentThread().getContextClassLoader(), isolated, new TestClock(now));
    String name = database;
    try {
      if (name.isEmpty()) {
        name = asked == null ? "test" : asked.database();
      }
      system.database(name, asked == null ? new String[0] : asked.facts());
      if (preparation != null) {
        preparation.prepare(system);
      }
    } catch (Exception e) {
      system.close();
      throw e;
    }
    system.rest(); // from now on tests run in forks of it
    return new Prepared(system, name);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put(TestSystem.class, of(context).system().fork());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestSystem system = context.getStore(NAMESPACE).remove(TestSystem.class, TestSystem.class);
    if (system != null) {
      system.close();
    }
  }

  private static Prepared of(ExtensionContext context) {
    return requireNonNull(
        context.getStore(NAMESPACE).get(Prepared.class, Prepared.class),
        "the extension is to be registered in a static field");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return GIVEN.contains(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    TestSystem system = requireNonNull(
        context.getStore(NAMESPACE).get(TestSystem.class, TestSystem.class),
        "a test, not a class, is given its system");
    Class<?> type = parameter.getParameter().getType();
    if (type == TestSystem.class) {
      return system;
    }
    if (type == Client.class) {
      return system.client();
    }
    if (type == Ions.class) {
      return system.ions();
    }
    if (type == TestClock.class) {
      return system.clock();
    }
    Connection connection = system.client().connect(of(context).database());
    return type == Db.class ? connection.db() : connection;
  }
}
