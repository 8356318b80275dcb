package valence.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Gives each test of a class a [TestSystem] of its own, a fork of one that is prepared once.
///
/// A test takes what it needs as parameters: the system, its [valence.api.Client],
/// [Ions] or [TestClock], and of the database a [valence.api.Connection] or [valence.api.Db].
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(ValenceExtension.class)
public @interface ValenceTest {
  /// The database that `Connection` and `Db` are of; made when it isn't there.
  String database() default "test";

  /// Resources of the class path with tx-data, said to it in this order, each in one transaction.
  String[] facts() default {};

  /// When it is, as ISO 8601, such as `2026-01-31T12:00:00Z`; by default as on the machine.
  String now() default "";

  /// Whether the application has a loader of its own, as on a node.
  boolean isolated() default false;
}
