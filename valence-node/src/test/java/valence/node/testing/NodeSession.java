package valence.node.testing;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.client.NodeClient;
import valence.engine.store.BlobId;
import valence.wire.ion.IonConfig;

/// What somebody does with the ports of a node: push, deploy, call.
public final class NodeSession implements AutoCloseable {
  private final NodeClient client;
  private final Requests http;

  public NodeSession(int apiPort, int httpPort) {
    client = NodeClient.connect(URI.create("http://127.0.0.1:" + apiPort));
    http = new Requests(httpPort);
  }

  public Requests http() {
    return http;
  }

  /// @param keysAndValues in turns
  public @Nullable Object call(String operation, Object... keysAndValues) {
    Map<Keyword, Object> request = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      request.put(kw((String) keysAndValues[i]), keysAndValues[i + 1]);
    }
    return client.call(operation, request);
  }

  public static @Nullable Object get(@Nullable Object map, String key) {
    return map instanceof Map<?, ?> of ? of.get(kw(key)) : null;
  }

  /// A commit's SHA, made of a name.
  public static String sha(String version) {
    return "%040x".formatted(version.hashCode() & 0xffffffffL);
  }

  public void push(String rev, IonConfig config, Path jar) throws IOException {
    String id = BlobId.of(ByteBuffer.wrap(Files.readAllBytes(jar))).hex();
    client.putArtifact(id, jar);
    call(
        "register-revision",
        "app-name",
        config.appName(),
        "rev",
        rev,
        "pushed-by",
        "tester",
        "config",
        config.toMap(),
        "artifacts",
        List.of(Map.of(
            kw("id"),
            id,
            kw("name"),
            jar.getFileName().toString(),
            kw("size"),
            Files.size(jar),
            kw("kind"),
            kw("application"))));
  }

  /// Begins a deployment; its id.
  public Object begin(String rev, Object... more) {
    Object[] all = new Object[more.length + 6];
    System.arraycopy(new Object[] {"group", "solo", "app-name", "shop", "rev", rev}, 0, all, 0, 6);
    System.arraycopy(more, 0, all, 6, more.length);
    return required(get(call("deploy", all), "deployment"));
  }

  /// Deploys, and waits for the end: the whole status.
  public Map<Object, Object> deploy(String rev, Object... more) {
    return ended(begin(rev, more));
  }

  public Map<Object, Object> rollBack(Object... keysAndValues) {
    Object[] all = new Object[keysAndValues.length + 2];
    all[0] = "group";
    all[1] = "solo";
    System.arraycopy(keysAndValues, 0, all, 2, keysAndValues.length);
    return ended(required(get(call("rollback", all), "deployment")));
  }

  public Map<Object, Object> status(Object deployment) {
    return call("deploy-status", "deployment", deployment) instanceof Map<?, ?> map
        ? new LinkedHashMap<>(map)
        : Map.of();
  }

  /// The status of a deployment once it has ended.
  public Map<Object, Object> ended(Object deployment) {
    while (true) {
      Map<Object, Object> status = status(deployment);
      if (status.get(kw("deploy-status")) != kw("running")) {
        return status;
      }
      Thread.onSpinWait();
    }
  }

  private static Object required(@Nullable Object value) {
    if (value == null) {
      throw new AssertionError("the answer has no such key");
    }
    return value;
  }

  @Override
  public void close() {
    client.close();
    http.close();
  }
}
