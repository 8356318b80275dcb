package valence.ion;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import valence.api.spi.ClientProvider.Reach;
import valence.ion.spi.Surroundings;

/// What hosts the code that asks, if anything does.
final class Hosting {
  private static final List<Reach> NEAREST_FIRST = List.of(Reach.HERE, Reach.EVERYWHERE);

  // The loader of this class, not of the caller: an application doesn't see the node's classes.
  private static final List<Surroundings> OFFERED =
      ServiceLoader.load(Surroundings.class, Hosting.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .toList();

  private Hosting() {}

  static Optional<Surroundings> surroundings() {
    for (Reach reach : NEAREST_FIRST) {
      for (Surroundings each : OFFERED) {
        if (each.reach() == reach) {
          return Optional.of(each);
        }
      }
    }
    return Optional.empty();
  }
}
