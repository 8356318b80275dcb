package valence.api.record;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The component is a tuple: one value that consists of several.
///
/// `@Tuple Point point`, of a record, has a slot for each of its components, which may be optional;
/// `@Tuple List<Long> size` has 2 to 8 slots of one type. `Optional` and `Set` of these mean none
/// or one, and many.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Tuple {
  /// The attributes that a composite tuple is made of, each `namespace/name`, without the colon; a
  /// record for it has a component for each. The database makes its value, so it is only read.
  String[] value() default {};
}
