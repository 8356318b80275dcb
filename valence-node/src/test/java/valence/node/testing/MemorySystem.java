package valence.node.testing;

import java.time.Clock;
import valence.api.Client;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalClient;
import valence.storage.memory.MemoryStorage;

/// Systems that live in memory.
public final class MemorySystem {
  private MemorySystem() {}

  public static Client open() {
    return new LocalClient(MemoryStorage.open(), FunctionResolver.none(), Clock.systemUTC());
  }
}
