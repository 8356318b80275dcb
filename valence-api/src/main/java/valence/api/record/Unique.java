package valence.api.record;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The attribute is unique: a value of it names one entity, as `:db/unique` says.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Unique {
  /// What a transaction does with a value that an entity has already.
  enum Kind {
    /// It means that entity: the transaction adds to it.
    IDENTITY,
    /// It is refused.
    VALUE
  }

  Kind value() default Kind.IDENTITY;
}
