package valence.api.record;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The attribute of a record component, when it isn't `record-name/component-name`.
///
/// The attribute backwards, `person/_friend`, is whoever refers to the record's entity. Transacted,
/// it says that those refer to it.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Attr {
  /// `namespace/name`, without the colon.
  String value();
}
