package valence.tools.transfer;

import java.util.Locale;
import java.util.Optional;

/// How a file is written.
public enum Kind {
  EDN,
  CSV,
  JSONL;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What a file's name says.
  public static Optional<Kind> of(String fileName) {
    String name = fileName.toLowerCase(Locale.ROOT);
    if (name.endsWith(".edn")) {
      return Optional.of(EDN);
    }
    if (name.endsWith(".csv") || name.endsWith(".tsv")) {
      return Optional.of(CSV);
    }
    return name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json")
        ? Optional.of(JSONL)
        : Optional.empty();
  }
}
