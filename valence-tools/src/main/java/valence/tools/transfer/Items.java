package valence.tools.transfer;

import java.io.BufferedReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads a file item by item. Not safe for several threads.
interface Items {
  /// The longest item, in characters.
  int ITEM_CHARS_MAX = 16 << 20;

  /// The next one; null at the end.
  @Nullable Item next() throws IOException;

  /// What reads a kind of file.
  static Items of(Kind kind, BufferedReader in, char delimiter) throws IOException {
    return switch (kind) {
      case CSV -> new CsvItems(in, delimiter);
      case JSONL -> new JsonItems(in);
      case EDN -> new EdnItems(in);
    };
  }
}
