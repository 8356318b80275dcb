package valence.engine.local;

import clojure.lang.Keyword;
import java.util.Locale;
import java.util.Optional;
import valence.api.Attribute;
import valence.engine.schema.Attribute.Unique;

/// What the schema says of an attribute, as callers see it.
final class AttributeRecord {
  private AttributeRecord() {}

  static Attribute of(valence.engine.schema.Attribute attribute) {
    return new Attribute(
        attribute.id(),
        attribute.ident(),
        keyword("db.type", attribute.type()),
        Keyword.intern("db.cardinality", attribute.many() ? "many" : "one"),
        attribute.unique() == Unique.NONE
            ? Optional.empty()
            : Optional.of(keyword("db.unique", attribute.unique())),
        attribute.component(),
        attribute.noHistory());
  }

  private static Keyword keyword(String namespace, Enum<?> constant) {
    return Keyword.intern(namespace, constant.name().toLowerCase(Locale.ROOT));
  }
}
