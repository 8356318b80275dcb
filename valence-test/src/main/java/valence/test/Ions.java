package valence.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import clojure.lang.Symbol;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.edn.Edn;
import valence.engine.function.FunctionResolver.Use;
import valence.node.app.AllowedFunctions;
import valence.node.app.Application;
import valence.node.app.Serving;
import valence.node.deploy.Readiness;
import valence.node.http.BodyBudget;
import valence.node.http.Door;
import valence.node.http.Endpoint;
import valence.node.lambda.Invocations;
import valence.node.web.WebRequests;

/// The application as the outside calls it: through a node's doors, over HTTP on the loopback, with
/// its limits of time, size and calls at once. Safe for many threads.
public final class Ions {
  private static final long BODY_BYTES_MAX = 256L << 20;
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(1);

  private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(16);

  // Held, since a logger that nobody holds is collected with its level.
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

  static {
    if (JETTY.getLevel() == null) {
      JETTY.setLevel(Level.WARNING); // that doors open and close is no news of a test
    }
  }

  private final Serving serving;
  private final AllowedFunctions functions;
  private final String group;
  private @Nullable Door lambdas; // guarded by this, like what follows; opened when first used
  private @Nullable Door web;
  private @Nullable HttpClient http;

  Ions(Serving serving, AllowedFunctions functions, String group) {
    this.serving = serving;
    this.functions = functions;
    this.group = group;
  }

  /// The answer of the HTTP handler.
  ///
  /// @param headers names in lower case; several values of one name joined by `, `
  public record WebAnswer(int status, Map<String, String> headers, byte[] body) {
    public String text() {
      return new String(body, UTF_8);
    }
  }

  /// The answer of a Lambda call.
  ///
  /// @param status  200 when the function ran, whatever came of it; 202 of an event; else why not:
  ///     404 no such function, 413 a payload too large, 429 too many calls
  /// @param failed  whether the function threw, took too long or answered too much
  /// @param payload what it answered, text as it is and data as JSON, or the error with `errorType`
  /// and `errorMessage`
  public record LambdaAnswer(int status, boolean failed, String payload) {}

  /// Calls a Lambda function and waits for its answer.
  ///
  /// @param function its name under `:lambdas`, without a colon, with or without the group before
  /// it
  /// @param payload  JSON text
  public LambdaAnswer invoke(String function, String payload) {
    return invoke(function, payload, "RequestResponse");
  }

  /// Hands a Lambda function an event: status 202, and it runs when it can.
  public LambdaAnswer post(String function, String payload) {
    return invoke(function, payload, "Event");
  }

  private LambdaAnswer invoke(String function, String payload, String type) {
    String name = function.startsWith(group + "-") ? function : group + "-" + function;
    URI address = lambdaAddress()
        .resolve("/2015-03-31/functions/" + URLEncoder.encode(name, UTF_8) + "/invocations");
    HttpResponse<byte[]> answer = send(HttpRequest.newBuilder(address)
        .header("x-amz-invocation-type", type)
        .POST(HttpRequest.BodyPublishers.ofString(payload))
        .timeout(ANSWER_TIMEOUT)
        .build());
    return new LambdaAnswer(
        answer.statusCode(),
        answer.headers().firstValue("x-amz-function-error").isPresent(),
        new String(answer.body(), UTF_8));
  }

  /// Asks the HTTP handler with GET.
  ///
  /// @param path with its query, encoded, such as `/items?page=2`
  public WebAnswer get(String path) {
    return request("GET", path, Map.of(), new byte[0]);
  }

  /// Asks the HTTP handler with POST and no body.
  public WebAnswer post(String path) {
    return request("POST", path, Map.of(), new byte[0]);
  }

  /// Asks the HTTP handler with POST.
  public WebAnswer post(String path, String contentType, String body) {
    return request("POST", path, Map.of("content-type", contentType), body.getBytes(UTF_8));
  }

  /// Asks the HTTP handler.
  public WebAnswer request(String method, String path, Map<String, String> headers, byte[] body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(webAddress().resolve(path))
        .method(
            method,
            body.length == 0
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(body))
        .timeout(ANSWER_TIMEOUT);
    headers.forEach(request::header);
    HttpResponse<byte[]> answer = send(request.build());
    Map<String, String> joined = new LinkedHashMap<>();
    answer.headers().map().forEach((name, values) -> joined.put(name, String.join(", ", values)));
    return new WebAnswer(answer.statusCode(), joined, answer.body());
  }

  /// What the application's start-up check says.
  ///
  /// @param reason why a deployment would be rolled back, a sentence; empty when it is ready
  public record CheckAnswer(boolean ready, String reason) {}

  /// Calls the function that `:check` names, within its time, as a deployment does; `not-found`
  /// when there is none.
  public CheckAnswer check() throws InterruptedException {
    Application application = serving.current().orElseThrow(Ions::noCheck);
    if (application.check().isEmpty()) {
      throw noCheck();
    }
    return switch (Readiness.of(application)) {
      case Readiness.Ready _ -> new CheckAnswer(true, "");
      case Readiness.Unready(String reason, String _) -> new CheckAnswer(false, reason);
      case Readiness.Threw(String reason, String _, Throwable _) -> new CheckAnswer(false, reason);
      case Readiness.Late(String reason, String _) -> new CheckAnswer(false, reason);
    };
  }

  private static AnomalyException noCheck() {
    return Anomaly.of(
            Anomaly.Category.NOT_FOUND,
            "The application has no start-up check.",
            "Expected :check {:fn …} in ion-config.edn.")
        .toException();
  }

  /// Calls a function that queries may call, as a query from elsewhere does: under the allow-list,
  /// with arguments and answer as EDN carries them, and converted; `forbidden` when it isn't under
  /// `:allow`.
  ///
  /// @param function  qualified, such as `shop.Stock/level`
  /// @param arguments what EDN can say, and database values
  public @Nullable Object call(String function, @Nullable Object... arguments) throws Exception {
    @Nullable Object[] carried = new @Nullable Object[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      carried[i] = arguments[i] instanceof Db ? arguments[i] : carried(arguments[i]);
    }
    return carried(functions.resolve(Symbol.intern(function), Use.QUERY).invoke(carried));
  }

  private static @Nullable Object carried(@Nullable Object value) {
    return Edn.read(Edn.print(value));
  }

  /// Where the HTTP handler answers, for clients of another kind.
  public URI webAddress() {
    return URI.create("http://127.0.0.1:" + webDoor().port());
  }

  /// Where Lambda functions are invoked, for an SDK.
  public URI lambdaAddress() {
    return URI.create("http://127.0.0.1:" + lambdaDoor().port());
  }

  private synchronized Door webDoor() {
    Door door = web;
    if (door == null) {
      door = open("http", new WebRequests(serving));
      web = door;
    }
    return door;
  }

  private synchronized Door lambdaDoor() {
    Door door = lambdas;
    if (door == null) {
      door = open("lambda", new Invocations(serving));
      lambdas = door;
    }
    return door;
  }

  private static Door open(String name, Endpoint endpoint) {
    return Door.open(
        name,
        "127.0.0.1",
        0,
        DRAIN_TIMEOUT,
        new BodyBudget(BODY_BYTES_MAX, BodyBudget.TIMEOUT_DEFAULT),
        endpoint);
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return client().send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE, "The request " + request + " broke off: " + e + ".")
          .toException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "Waiting for an answer was interrupted.")
          .toException(e);
    }
  }

  private synchronized HttpClient client() {
    HttpClient client = http;
    if (client == null) {
      client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
      http = client;
    }
    return client;
  }

  /// Closes what was opened.
  synchronized void close() {
    if (http != null) {
      http.shutdownNow();
      http = null;
    }
    if (web != null) {
      web.close();
      web = null;
    }
    if (lambdas != null) {
      lambdas.close();
      lambdas = null;
    }
  }
}
