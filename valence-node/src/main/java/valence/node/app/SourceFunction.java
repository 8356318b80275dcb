package valence.node.app;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadPoolExecutor;
import valence.api.Db;
import valence.engine.code.EntryPoint;
import valence.node.http.Lane;
import valence.wire.ion.SourceConfig;

/// What a source calls.
public sealed interface SourceFunction {
  SourceConfig config();

  /// A function that gets events as the payload of a Lambda.
  ///
  /// @param name of the function, as it is told and logged
  record OfEvents(SourceConfig config, String name, Application.Lambda lambda)
      implements SourceFunction {}

  /// A function that gets a database and rows.
  record OfFacts(SourceConfig config, EntryPoint function, Lane lane) implements SourceFunction {}

  static OfFacts ofFacts(
      SourceConfig config, String name, EntryPoint function, ThreadPoolExecutor threads) {
    for (Class<?> rows : List.of(List.class, Collection.class, Object.class)) {
      List<Class<?>> taken = List.of(Db.class, rows);
      if (function.takes(void.class, taken) || function.takes(Object.class, taken)) {
        return new OfFacts(config, function, new Lane(name, 1, 0, threads));
      }
    }
    throw EntryPoint.unusable(
        function.name(),
        "The function of a trigger takes (Db after, List rows); what it gives isn't looked at.",
        null);
  }
}
