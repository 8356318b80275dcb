package valence.tools.invoke;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.client.NodeAddress;
import valence.client.NodeClient;
import valence.wire.HttpStatus;
import valence.wire.json.PlainJson;

/// One call of a Lambda function.
///
/// @param api      the way to a node's api port
/// @param function `<group>-<name>`
/// @param payload  JSON text
/// @param event    whether to leave after the node took the event, without an answer
public record Invocation(NodeAddress api, String function, String payload, boolean event) {
  /// How long a function may run, as on AWS, and a little for the way.
  public static final Duration TIMEOUT = Duration.ofSeconds(900 + 30);

  /// How large an answer may be, as on AWS.
  public static final int ANSWER_BYTES_MAX = 6 << 20;

  private static final Pattern FUNCTION = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final int SUCCESS_END = 300;

  /// What came back.
  ///
  /// @param error what kind of error the function ended with; empty when it didn't
  /// @param body  the function's answer or its error, as JSON text
  public record Answer(int status, Optional<String> error, String body) {
    /// What went wrong in the function, in its own words, or the kind of error without them.
    public Optional<String> cause() {
      return error.map(kind -> text(body, "errorMessage").orElse(kind));
    }
  }

  public Invocation {
    if (!FUNCTION.matcher(function).matches()) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "There can be no function " + function + ".",
              "Expected <group>-<name> of at most 64 letters, digits, - and _.")
          .toException();
    }
  }

  /// A call by who needs no key.
  public Invocation(URI api, String function, String payload, boolean event) {
    this(NodeAddress.of(api), function, payload, event);
  }

  /// Calls. An error of the function is an answer; that there is no such function an anomaly.
  public Answer call() {
    Map<String, String> headers = Map.of(
        "content-type",
        "application/json",
        "x-amz-invocation-type",
        event ? "Event" : "RequestResponse");
    try (NodeClient node = NodeClient.connect(api)) {
      NodeClient.Response response = node.send(
          "POST",
          "/2015-03-31/functions/" + function + "/invocations",
          headers,
          payload.getBytes(UTF_8),
          TIMEOUT,
          ANSWER_BYTES_MAX);
      if (response.status() >= SUCCESS_END) {
        throw refused(response);
      }
      return new Answer(
          response.status(),
          Optional.ofNullable(response.headers().get("x-amz-function-error")),
          new String(response.body(), UTF_8));
    }
  }

  private AnomalyException refused(NodeClient.Response response) {
    if (response.status() == 404) {
      return Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "There is no function " + function + ".",
              "Expected <group>-<name>, the name one under :lambdas of the deployed application.")
          .toException();
    }
    String body = new String(response.body(), UTF_8);
    String why = text(body, "message").or(() -> text(body, "Message")).orElse(body.strip());
    return Anomaly.of(
            HttpStatus.category(response.status()),
            function + " wasn't called (status " + response.status() + "): " + why)
        .toException();
  }

  /// The text of a member of a JSON object; empty when there is none, or no JSON.
  private static Optional<String> text(String json, String member) {
    try {
      return PlainJson.read(json) instanceof Map<?, ?> object
              && object.get(member) instanceof String text
          ? Optional.of(text)
          : Optional.empty();
    } catch (AnomalyException e) { // the caller shows the body as it is
      return Optional.empty();
    }
  }
}
