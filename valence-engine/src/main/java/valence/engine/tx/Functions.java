package valence.engine.tx;

import clojure.lang.IExceptionInfo;
import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.engine.db.Database;
import valence.engine.function.AppFunction;
import valence.engine.function.CoreFunction;
import valence.engine.function.CoreFunctions;
import valence.engine.function.FunctionResolver.Use;
import valence.engine.schema.Attribute;

/// Finds and calls the functions of one transaction, and keeps what they say about their code.
final class Functions {
  private static final Keyword CATEGORY = Keyword.intern("cognitect.anomalies", "category");
  private static final String PRED_RETURN = "db.error/pred-return";

  private final TxContext context;
  private final Database before;
  private final Map<Symbol, AppFunction> found = new HashMap<>();
  private @Nullable Db facade;

  Functions(TxContext context, Database before) {
    this.context = context;
    this.before = before;
  }

  /// The functions of the application that were wanted.
  Iterable<AppFunction> found() {
    return found.values();
  }

  /// Calls a transaction function on the database before.
  ///
  /// @param form the list form: the name, then the arguments
  @Nullable Object expand(Symbol name, @Nullable Object[] form, int at) {
    AppFunction function = find(name, at);
    if (facade == null) {
      facade = context.facade().apply(before);
    }
    @Nullable Object[] args = form.clone();
    args[0] = facade;
    return call(name, function, args, at);
  }

  /// Refuses a value that a predicate of its attribute doesn't pass.
  void checkValue(Attribute attribute, Supplier<String> entity, Object value, int at) {
    for (Symbol predicate : attribute.predicates()) {
      Object returned = test(predicate, at, value);
      if (!Boolean.TRUE.equals(returned)) {
        throw failed(
                Refused.incorrect(
                    at,
                    "db.error/attr-pred",
                    "value "
                        + Shown.value(value)
                        + " of "
                        + attribute.ident()
                        + " of "
                        + entity.get()
                        + " failed predicate "
                        + predicate
                        + ", which returned "
                        + Shown.value(returned)
                        + ".",
                    "Each value of the attribute must make it return true.",
                    "Send a value that does."),
                returned)
            .toException();
      }
    }
  }

  /// Refuses an entity that a predicate of a spec doesn't pass.
  void checkEntity(
      Symbol predicate, Database after, long entity, Supplier<String> name, Object spec, int at) {
    Object returned = test(predicate, at, context.facade().apply(after), entity);
    if (!Boolean.TRUE.equals(returned)) {
      throw failed(
              Refused.incorrect(
                  at,
                  "db.error/entity-pred",
                  name.get()
                      + " failed predicate "
                      + predicate
                      + " of spec "
                      + Shown.value(spec)
                      + ", which returned "
                      + Shown.value(returned)
                      + ".",
                  "The predicate must return true for the entity after the transaction.",
                  "Make the entity meet its spec in the same transaction."),
              returned)
          .toException();
    }
  }

  private static Anomaly failed(Anomaly anomaly, @Nullable Object returned) {
    return returned == null ? anomaly : anomaly.with(PRED_RETURN, returned);
  }

  private @Nullable Object test(Symbol predicate, int at, @Nullable Object... args) {
    return call(predicate, findPredicate(predicate, at), args, at);
  }

  /// Finds a predicate: one of the application's, or a qualified core function.
  AppFunction findPredicate(Symbol name, int at) {
    CoreFunction core = name.getNamespace() == null ? null : CoreFunctions.find(name);
    return core == null ? find(name, at) : core::call;
  }

  private AppFunction find(Symbol name, int at) {
    AppFunction function = found.get(name);
    if (function == null) {
      if (name.getNamespace() == null) {
        throw Refused.of(
                at,
                Anomaly.Category.FORBIDDEN,
                "'" + name.getName() + "' is not allowed.",
                "A function is named by a qualified symbol.",
                "Write it like my.app/" + name.getName() + ".")
            .toException();
      }
      function = resolve(name, at);
      found.put(name, function);
    }
    return function;
  }

  private AppFunction resolve(Symbol name, int at) {
    try {
      return context.functions().resolve(name, Use.TRANSACTION);
    } catch (AnomalyException unresolved) {
      throw Refused.placed(at, unresolved.anomaly()).toException(unresolved);
    }
  }

  private static @Nullable Object call(
      Symbol name, AppFunction function, @Nullable Object[] args, int at) {
    try {
      return function.invoke(args);
    } catch (AnomalyException refused) {
      throw refused;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw Refused.of(
              at,
              Anomaly.Category.INTERRUPTED,
              name + " was interrupted.",
              "Nothing was transacted.",
              "Send the transaction again.")
          .toException(interrupted);
    } catch (Exception | StackOverflowError | LinkageError | AssertionError thrown) {
      throw anomaly(name, thrown, at).toException(thrown);
    }
  }

  private static Anomaly anomaly(Symbol name, Throwable thrown, int at) {
    if (thrown instanceof IExceptionInfo info
        && info.getData() instanceof Map<?, ?> data
        && data.get(CATEGORY) instanceof Keyword) {
      return Anomaly.of(data);
    }
    return Refused.of(
        at,
        Anomaly.Category.INCORRECT,
        name + " threw " + thrown + ".",
        "A function of a transaction returns; what it throws ends the transaction.",
        "Check the arguments, or mend the function.");
  }
}
