package valence.tools.push;

import static valence.api.Valence.kw;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import valence.wire.Answer;
import valence.wire.EdnBody;
import valence.wire.Fields;
import valence.wire.Format;
import valence.wire.ion.Artifact;
import valence.wire.ion.Revision;

/// The part of a node that a push speaks to, over real HTTP: keeps artifacts by content and
/// revisions.
final class TestSystem implements AutoCloseable {
  final Map<String, byte[]> artifacts = new LinkedHashMap<>();
  final Map<String, Revision> revisions = new LinkedHashMap<>();
  private static final int NESTING_MAX = 64;

  private final HttpServer server;

  /// How many of the next uploads end in the middle.
  int uploadsToBreak;

  /// Every id that an upload began with.
  final List<String> uploads = new ArrayList<>();

  TestSystem() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/artifacts/", this::put);
    server.createContext("/api/", this::call);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private synchronized void put(HttpExchange exchange) throws IOException {
    String id = exchange.getRequestURI().getPath().substring("/artifacts/".length());
    uploads.add(id);
    if (uploadsToBreak > 0) {
      uploadsToBreak--;
      exchange.close(); // unread, unanswered
      return;
    }
    byte[] content = exchange.getRequestBody().readAllBytes();
    boolean right = id.equals(sha256(content));
    boolean known = right && artifacts.put(id, content) != null;
    answer(exchange, right ? (known ? 200 : 201) : 400, new Answer.Success(right && !known));
  }

  private synchronized void call(HttpExchange exchange) throws IOException {
    String operation = exchange.getRequestURI().getPath().substring("/api/".length());
    Fields request = Fields.of(
        operation,
        Format.ofContentType(exchange.getRequestHeaders().getFirst("content-type"))
            .decode(exchange.getRequestBody().readAllBytes(), NESTING_MAX));
    Object value = switch (operation) {
      case "missing-artifacts" ->
        request.list("ids", List.of()).stream()
            .filter(id -> !artifacts.containsKey(id))
            .toList();
      case "revisions" -> described();
      case "status" -> Map.of(kw("group"), "solo");
      case "register-revision" -> register(request);
      default -> throw new IOException(operation);
    };
    answer(exchange, 200, new Answer.Success(value));
  }

  private List<Map<?, ?>> described() {
    return List.copyOf(revisions.values().stream()
        .<Map<?, ?>>map(revision -> Map.of(
            kw("rev"), revision.rev(),
            kw("artifacts"), revision.artifacts().stream().map(Artifact::toMap).toList()))
        .toList());
  }

  private Object register(Fields request) {
    Map<Object, Object> map = new HashMap<>();
    for (String key : List.of("app-name", "rev", "pushed-by", "config", "artifacts")) {
      map.put(kw(key), request.required(key));
    }
    Revision revision = Revision.of(map);
    boolean known = revisions.put(revision.rev(), revision) != null;
    return Map.of(kw("rev"), revision.rev(), kw("new?"), !known);
  }

  private static void answer(HttpExchange exchange, int status, Answer answer) throws IOException {
    byte[] body = answer.encode();
    exchange.getResponseHeaders().add("content-type", EdnBody.MEDIA_TYPE);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
