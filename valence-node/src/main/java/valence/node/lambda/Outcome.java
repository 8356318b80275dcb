package valence.node.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.ion.LambdaContext;
import valence.node.app.Application;
import valence.node.http.Reply;

/// How a call of a function ended: with its answer, or with an error that is answered as one.
///
/// @param failed whether `payload` is an error
/// @param payload JSON text
record Outcome(boolean failed, byte[] payload) {
  private static final Logger LOG = LoggerFactory.getLogger(Outcome.class);
  private static final int STACK_FRAMES_MAX = 32;
  private static final int CAUSES_MAX = 5;

  /// Calls the function; whatever it throws is an outcome, too.
  static Outcome of(Application.Lambda lambda, String payload, LambdaContext context) {
    try {
      Object result = lambda.call(payload, context);
      byte[] answer = (result instanceof String text ? text : Json.print(result)).getBytes(UTF_8);
      return answer.length <= Invocations.PAYLOAD_BYTES_MAX
          ? new Outcome(false, answer)
          : tooLarge();
    } catch (Throwable e) { // an application's code: nothing it throws may harm the node
      LOG.error(
          "lambda-failed function={} request={}", context.functionName(), context.requestId(), e);
      return new Outcome(true, json(error(e, CAUSES_MAX)));
    }
  }

  static Outcome timedOut(int timeoutSecs) {
    return new Outcome(
        true,
        json(Map.of(
            "errorType",
            "Sandbox.Timedout",
            "errorMessage",
            "Task timed out after " + timeoutSecs + " seconds")));
  }

  Reply reply() {
    Reply reply =
        Reply.of(200, "application/json", payload).withHeader("x-amz-executed-version", "$LATEST");
    return failed ? reply.withHeader("x-amz-function-error", "Unhandled") : reply;
  }

  private static Outcome tooLarge() {
    return new Outcome(
        true,
        json(Map.of(
            "errorType",
            "Function.ResponseSizeTooLarge",
            "errorMessage",
            "Response payload size exceeded maximum allowed payload size ("
                + Invocations.PAYLOAD_BYTES_MAX + " bytes).")));
  }

  private static Map<String, @Nullable Object> error(Throwable thrown, int causesLeft) {
    List<String> frames = Arrays.stream(thrown.getStackTrace())
        .limit(STACK_FRAMES_MAX)
        .map(StackTraceElement::toString)
        .toList();
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    error.put("errorMessage", thrown.getMessage());
    error.put("errorType", thrown.getClass().getName());
    error.put("stackTrace", frames);
    Throwable cause = thrown.getCause();
    if (cause != null && causesLeft > 0) {
      error.put("cause", error(cause, causesLeft - 1));
    }
    return error;
  }

  private static byte[] json(Map<String, ? extends @Nullable Object> error) {
    return Json.print(error).getBytes(UTF_8);
  }
}
