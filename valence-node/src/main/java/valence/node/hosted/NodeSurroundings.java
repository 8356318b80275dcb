package valence.node.hosted;

import clojure.lang.Keyword;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.edn.Edn;
import valence.ion.AppInfo;
import valence.ion.Trace;
import valence.ion.spi.Surroundings;
import valence.node.app.CodeLoader;
import valence.node.parameter.Parameters;
import valence.node.telemetry.Cause;
import valence.node.telemetry.SpanContext;

/// `AppInfo`, `Params`, `Env`, `Trace` and `Cast` on a node.
public final class NodeSurroundings implements Surroundings {
  private static final Logger LOG = LoggerFactory.getLogger(NodeSurroundings.class);

  @Override
  public Optional<AppInfo> appInfo() {
    return Asking.code().map(CodeLoader::appInfo);
  }

  @Override
  public Optional<Trace> trace() {
    return Cause.current().map(NodeSurroundings::trace);
  }

  @Override
  public Optional<SortedMap<String, String>> parameters() {
    return system().flatMap(SystemClient::parameters).map(Parameters::values);
  }

  @Override
  public Optional<Map<Keyword, Object>> environment() {
    return system().flatMap(SystemClient::parameters).map(Parameters::environment);
  }

  private static Optional<SystemClient> system() {
    return Asking.code()
        .map(CodeLoader::system)
        .filter(SystemClient.class::isInstance)
        .map(SystemClient.class::cast);
  }

  private static Trace trace(Cause cause) {
    SpanContext span = cause.span();
    return new Trace(span.traceparent(), span.state(), span.baggage(), cause.requestId());
  }

  @Override
  public void cast(String kind, Map<Keyword, Object> said) {
    Asking.code()
        .ifPresentOrElse(
            code -> code.telemetry().casts().say(kind, said, code.appInfo()),
            () -> LOG.info("cast-of-nobody kind={} keys={}", kind, Edn.print(said.keySet())));
  }
}
