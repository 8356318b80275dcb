package valence.node.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.ion.LambdaContext;
import valence.node.app.Application;
import valence.node.app.UnderWay;
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
      Object result = lambda.config().proxied()
          ? GatewayProxy.call(lambda, payload, context)
          : lambda.call(payload, context);
      return bytes(result).map(answer -> new Outcome(false, answer)).orElseGet(Outcome::tooLarge);
    } catch (Throwable e) { // an application's code: nothing it throws may harm the node
      UnderWay.failed(e);
      LOG.error(
          "lambda-failed function={} request={}", context.functionName(), context.requestId(), e);
      return new Outcome(true, json(error(e, CAUSES_MAX)));
    }
  }

  /// What a function answered, as bytes: text, a stream, a buffer and a file are taken as they are,
  /// all else is data. Empty when it is too long.
  private static Optional<byte[]> bytes(@Nullable Object result) throws IOException {
    byte[] bytes = switch (result) {
      case String text -> text.getBytes(UTF_8);
      case byte[] given -> given;
      case ByteBuffer buffer -> {
        byte[] given = new byte[buffer.remaining()];
        buffer.duplicate().get(given);
        yield given;
      }
      case InputStream stream -> {
        try (stream) {
          yield stream.readNBytes(Invocations.PAYLOAD_BYTES_MAX + 1);
        }
      }
      case File file -> ofFile(file.toPath());
      case Path file -> ofFile(file);
      case null, default -> Json.print(result).getBytes(UTF_8);
    };
    return bytes.length <= Invocations.PAYLOAD_BYTES_MAX ? Optional.of(bytes) : Optional.empty();
  }

  private static byte[] ofFile(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(Invocations.PAYLOAD_BYTES_MAX + 1);
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
