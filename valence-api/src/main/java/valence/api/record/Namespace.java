package valence.api.record;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The namespace of the attributes of a record, or of the idents of an enum's constants, when it
/// isn't the simple name of the type in kebab-case.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Namespace {
  /// Without the colon.
  String value();
}
