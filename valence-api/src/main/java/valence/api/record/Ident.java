package valence.api.record;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The ident of an enum constant, when it isn't `enum-name/constant-name`.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Ident {
  /// `namespace/name`, without the colon.
  String value();
}
