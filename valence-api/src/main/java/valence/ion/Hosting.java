package valence.ion;

import java.util.Optional;
import java.util.ServiceLoader;
import valence.ion.spi.Surroundings;

/// The node that this code runs on, if it does.
final class Hosting {
  // The loader of this class, not of the caller: an application doesn't see the node's classes.
  private static final Optional<Surroundings> SURROUNDINGS =
      ServiceLoader.load(Surroundings.class, Hosting.class.getClassLoader()).findFirst();

  private Hosting() {}

  static Optional<Surroundings> surroundings() {
    return SURROUNDINGS;
  }
}
