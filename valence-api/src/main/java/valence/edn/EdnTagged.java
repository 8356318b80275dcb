package valence.edn;

import org.jspecify.annotations.Nullable;

/// A value that prints as `#tag value`, such as a database value on its way to a node.
///
/// Whoever reads such text passes a reader for the tag to [Edn#read(String, java.util.Map)].
public interface EdnTagged {
  /// The tag without `#`, such as `valence/db`.
  String ednTag();

  /// What stands after the tag: EDN data that names everything the reader needs.
  @Nullable Object ednValue();
}
