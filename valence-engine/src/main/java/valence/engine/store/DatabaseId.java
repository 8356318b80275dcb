package valence.engine.store;

import java.util.UUID;

/// Names a database for ever, also when a new one takes its name.
public record DatabaseId(UUID uuid) {
  public static DatabaseId random() {
    return new DatabaseId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return uuid.toString();
  }
}
