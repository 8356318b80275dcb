package valence.tools.invoke;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.HttpStatus;

/// One call of a Lambda function.
///
/// @param api      the address of a node's api port
/// @param function `<group>-<name>`
/// @param payload  JSON text
/// @param event    whether to leave after the node took the event, without an answer
public record Invocation(URI api, String function, String payload, boolean event) {
  /// How long a function may run, as on AWS, and a little for the way.
  public static final Duration TIMEOUT = Duration.ofSeconds(900 + 30);

  /// How large an answer may be, as on AWS.
  public static final int ANSWER_BYTES_MAX = 6 << 20;

  private static final Pattern FUNCTION = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern MESSAGE = field("[Mm]essage");
  private static final Pattern ERROR_MESSAGE = field("errorMessage");
  private static final int SUCCESS_END = 300;

  /// What came back.
  ///
  /// @param error what kind of error the function ended with; empty when it didn't
  /// @param body  the function's answer or its error, as JSON text
  public record Answer(int status, Optional<String> error, String body) {
    /// What went wrong in the function, in its own words, or the kind of error without them.
    public Optional<String> cause() {
      return error.map(kind -> text(body, ERROR_MESSAGE).orElse(kind));
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

  /// Calls. An error of the function is an answer; that there is no such function an anomaly.
  public Answer call() {
    HttpRequest request = HttpRequest.newBuilder(
            api.resolve("/2015-03-31/functions/" + function + "/invocations"))
        .timeout(TIMEOUT)
        .header("content-type", "application/json")
        .header("x-amz-invocation-type", event ? "Event" : "RequestResponse")
        .POST(BodyPublishers.ofString(payload))
        .build();
    try (HttpClient http = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(5))
        .build()) {
      HttpResponse<String> response =
          http.send(request, BodyHandlers.limiting(BodyHandlers.ofString(), ANSWER_BYTES_MAX));
      if (response.statusCode() >= SUCCESS_END) {
        throw refused(response);
      }
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("x-amz-function-error"),
          response.body());
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "The node at " + api + " didn't answer: " + e + ".",
              "Whether the function ran is unknown.")
          .toException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "The call was interrupted.")
          .toException(e);
    }
  }

  private AnomalyException refused(HttpResponse<String> response) {
    if (response.statusCode() == 404) {
      return Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "There is no function " + function + ".",
              "Expected <group>-<name>, the name one under :lambdas of the deployed application.")
          .toException();
    }
    String why = text(response.body(), MESSAGE).orElse(response.body().strip());
    return Anomaly.of(
            HttpStatus.category(response.statusCode()),
            function + " wasn't called (status " + response.statusCode() + "): " + why)
        .toException();
  }

  private static Pattern field(String name) {
    return Pattern.compile("\"" + name + "\":\"((?:[^\"\\\\]|\\\\.)*+)\"");
  }

  /// What a pattern finds in JSON text, which is all that we want of it.
  private static Optional<String> text(String json, Pattern field) {
    return field
        .matcher(json)
        .results()
        .map(found -> found.group(1).replaceAll("\\\\([\"\\\\/])", "$1"))
        .findFirst();
  }
}
