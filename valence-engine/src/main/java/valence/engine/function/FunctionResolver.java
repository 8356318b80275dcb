package valence.engine.function;

import clojure.lang.Symbol;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;

/// Finds the application's functions by qualified symbol, and holds the allow-list.
public interface FunctionResolver {
  /// What a function is wanted for.
  enum Use {
    /// Transaction functions, and predicates of attributes and entities.
    TRANSACTION,
    /// Functions, predicates and aggregates of queries.
    QUERY,
    /// `:xform` of pull.
    XFORM
  }

  /// The function, ready to be called many times, from many threads.
  ///
  /// Throws `not-found` when there is none of that name, `forbidden` when it may not be called.
  AppFunction resolve(Symbol name, Use use);

  /// Does one piece of work, such as a transaction or a query, with functions that are all of one
  /// revision, whatever is deployed meanwhile; its code stays loaded until the work ends.
  default <T extends @Nullable Object, E extends Exception> T during(Work<T, E> work) throws E {
    return work.with(this);
  }

  /// As [#during(Work)], told what the work is, so that it can be measured and limited.
  default <T extends @Nullable Object, E extends Exception> T during(Use use, Work<T, E> work)
      throws E {
    return during(work);
  }

  /// The same functions for work that the calling thread asks for and another will do: what is
  /// known of the caller goes along.
  default FunctionResolver forCaller() {
    return this;
  }

  /// Work that finds its functions in the resolver that it is given, and in no other.
  @FunctionalInterface
  interface Work<T extends @Nullable Object, E extends Exception> {
    T with(FunctionResolver functions) throws E;
  }

  /// Knows no functions at all.
  static FunctionResolver none() {
    return (name, use) -> {
      throw Anomaly.of(
              name.getNamespace() == null || use == Use.XFORM
                  ? Anomaly.Category.FORBIDDEN
                  : Anomaly.Category.NOT_FOUND,
              name.getNamespace() == null
                  ? "'" + name.getName() + "' is not allowed: a function's name must be qualified."
                  : "Unable to load namespace for " + name.getNamespace() + "/" + name.getName()
                      + ".",
              "No application is deployed here.",
              "Deploy the application that has the function and allow it in its ion-config.edn.")
          .toException();
    };
  }
}
