package valence.node.app;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.code.EntryPoint;
import valence.engine.function.AppFunction;
import valence.engine.function.FunctionResolver;

/// The functions that the serving application allows, as the engine calls them.
public final class AllowedFunctions implements FunctionResolver {
  private static final Keyword REVISION = Keyword.intern("valence.tx", "revision");
  private static final Keyword FUNCTION = Keyword.intern("valence.tx", "function");

  private final Serving serving;

  public AllowedFunctions(Serving serving) {
    this.serving = serving;
  }

  /// The function of whichever revision serves when it is called.
  @Override
  @SuppressWarnings("NullAway") // it doesn't see that what the lambda gives may be null
  public AppFunction resolve(Symbol name, Use use) {
    during(now -> now.resolve(name, use)); // what isn't there is refused at once
    return args -> during(now -> now.resolve(name, use).invoke(args));
  }

  @Override
  public <T extends @Nullable Object, E extends Exception> T during(Work<T, E> work) throws E {
    Optional<Serving.Call> call = serving.begin();
    if (call.isEmpty()) {
      return work.with(AllowedFunctions::nothing);
    }
    try (Serving.Call held = call.get()) {
      return work.with(new OfRevision(held.application()));
    }
  }

  private static AppFunction nothing(Symbol name, Use use) {
    throw notFound(name, use, "here");
  }

  /// The functions of one revision, which somebody else keeps loaded.
  private record OfRevision(Application application) implements FunctionResolver {
    @Override
    public AppFunction resolve(Symbol name, Use use) {
      return application
          .function(name, use)
          .map(function -> new Bound(application, function))
          .orElseThrow(() -> refused(application, name, use));
    }
  }

  private record Bound(Application application, EntryPoint function) implements AppFunction {
    @Override
    public @Nullable Object invoke(@Nullable Object... args) throws Exception {
      return function.call(args);
    }

    @Override
    public Map<Keyword, Object> provenance() {
      return Map.of(
          REVISION, application.info().revision(),
          FUNCTION, text(function.name()));
    }
  }

  private static AnomalyException refused(Application application, Symbol name, Use use) {
    String key = use == Use.XFORM ? ":xforms" : ":allow";
    if (name.getNamespace() == null || !application.has(name)) {
      return notFound(name, use, "in revision " + application.info().revision());
    }
    return Anomaly.of(
            Anomaly.Category.FORBIDDEN,
            "'" + text(name) + "' is not allowed by ion-config.edn.",
            "The application has the function but doesn't list it under " + key + ".",
            "Add it to " + key + " of ion-config.edn, push and deploy.")
        .with("ion/function", name)
        .toException();
  }

  private static AnomalyException notFound(Symbol name, Use use, String where) {
    return Anomaly.of(
            use == Use.XFORM ? Anomaly.Category.FORBIDDEN : Anomaly.Category.NOT_FOUND,
            "There is no function " + text(name) + " " + where + ".",
            "Expected a function of the deployed application.",
            "Check the name, or deploy the revision that has it.")
        .with("ion/function", name)
        .toException();
  }

  private static String text(Symbol name) {
    return name.getNamespace() == null
        ? name.getName()
        : name.getNamespace() + "/" + name.getName();
  }
}
