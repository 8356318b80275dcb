package valence.tools.transfer;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a file holds at one place.
sealed interface Item {
  /// The line where it begins, from 1.
  long line();

  /// A form of tx-data.
  record Form(long line, @Nullable Object value) implements Item {}

  /// Values by column; of CSV all texts, where an absent cell isn't there.
  record Row(long line, Map<String, Object> cells) implements Item {}

  /// What can't be read.
  record Bad(long line, String why) implements Item {}
}
