package valence.node.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.ion.LambdaContext;
import valence.node.app.Application;
import valence.node.app.Serving;
import valence.node.http.Endpoint;
import valence.node.http.Exchange;
import valence.node.http.Reply;

/// Lambda's *Invoke* on the functions of the serving application.
public final class Invocations implements Endpoint {
  /// How many bytes a payload and an answer may have, as at AWS.
  public static final int PAYLOAD_BYTES_MAX = 6 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(Invocations.class);
  private static final Pattern PATH =
      Pattern.compile("/2015-03-31/functions/([^/]+)/invocations/?");
  private static final Pattern QUALIFIER = Pattern.compile("(?:^|&)Qualifier=([^&]*)");
  private static final String LATEST = "$LATEST";

  private final Serving serving;

  public Invocations(Serving serving) {
    this.serving = serving;
  }

  /// A refusal, as the callers of Lambda know it.
  public static Reply refused(Exchange exchange, Anomaly anomaly) {
    return Refusal.of(anomaly).reply().withHeader("x-amzn-requestid", exchange.requestId());
  }

  /// Whether a request is one of *Invoke*.
  public static boolean concerns(Exchange exchange) {
    return exchange.path().startsWith("/2015-03-31/");
  }

  @Override
  public Reply answer(Exchange exchange) throws Exception {
    Reply reply;
    try {
      reply = invoke(exchange);
    } catch (Refusal refusal) {
      reply = refusal.reply();
    }
    return reply.withHeader("x-amzn-requestid", exchange.requestId());
  }

  private Reply invoke(Exchange exchange) throws Exception {
    Matcher path = PATH.matcher(exchange.path());
    if (!path.matches() || !exchange.method().equals("POST")) {
      throw Refusal.unknownOperation();
    }
    FunctionName name =
        FunctionName.parse(path.group(1)).orElseThrow(() -> Refusal.notFound(path.group(1)));
    Serving.Call call = serving.begin().orElseThrow(() -> Refusal.notFound(name.name()));
    try (call) {
      Application application = call.application();
      Application.Lambda lambda =
          application.lambda(name.name()).orElseThrow(() -> Refusal.notFound(name.name()));
      checkQualifier(exchange, name, application);
      String payload = payload(exchange);
      var context = new LambdaContext(
          name.name(),
          exchange.requestId(),
          Instant.now().plusSeconds(lambda.config().timeoutSecs()));
      String type = exchange.header("x-amz-invocation-type").orElse("RequestResponse");
      switch (type) {
        case "RequestResponse" -> {
          return answer(application, lambda, payload, context);
        }
        case "DryRun" -> {
          return Reply.empty(204);
        }
        case "Event" -> {
          post(call, lambda, payload, context);
          return Reply.empty(202);
        }
        default -> throw Refusal.invalidParameter("There is no invocation type " + type + ".");
      }
    }
  }

  private static void checkQualifier(Exchange exchange, FunctionName name, Application application)
      throws Refusal {
    Matcher asked = QUALIFIER.matcher(exchange.query());
    String qualifier = asked.find() ? URLDecoder.decode(asked.group(1), UTF_8) : name.qualifier();
    if (!qualifier.isEmpty()
        && !qualifier.equals(LATEST)
        && !qualifier.equals(application.info().revision())) {
      throw Refusal.notFound(name.name() + ":" + qualifier);
    }
  }

  private static String payload(Exchange exchange) throws Refusal {
    byte[] body;
    try {
      body = exchange.body(PAYLOAD_BYTES_MAX);
    } catch (AnomalyException e) {
      throw Refusal.body(e.anomaly(), PAYLOAD_BYTES_MAX);
    }
    String payload;
    try {
      payload = body.length == 0
          ? "{}"
          : UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw Refusal.invalidContent("The payload isn't UTF-8.");
    }
    if (!JsonText.isJson(payload, exchange.nestingMax())) {
      throw Refusal.invalidContent("The payload isn't JSON, or is nested too deeply.");
    }
    return payload;
  }

  private static Reply answer(
      Application application, Application.Lambda lambda, String payload, LambdaContext context)
      throws Exception {
    Duration limit = Duration.ofSeconds(lambda.config().timeoutSecs());
    try {
      return lambda
          .calls()
          .call(
              limit,
              () -> application.run(() -> Outcome.of(lambda, payload, context).reply()));
    } catch (AnomalyException e) {
      return switch (e.anomaly().category()) {
        case BUSY -> throw Refusal.tooManyRequests();
        case UNAVAILABLE -> {
          LOG.warn(
              "lambda-timed-out function={} request={}",
              context.functionName(),
              context.requestId());
          yield Outcome.timedOut(lambda.config().timeoutSecs()).reply();
        }
        case INCORRECT, FORBIDDEN, UNSUPPORTED, NOT_FOUND, CONFLICT, FAULT, INTERRUPTED -> throw e;
      };
    }
  }

  /// Lets an event run when it can, on the code that serves now.
  private static void post(
      Serving.Call call, Application.Lambda lambda, String payload, LambdaContext context)
      throws Refusal {
    Serving.Call held = call.again();
    try {
      lambda.events().post(() -> {
        try (held) {
          Outcome.of(lambda, payload, context); // logs a failure, which nobody waits for
        }
      });
    } catch (AnomalyException e) {
      held.close();
      throw Refusal.tooManyRequests();
    }
  }
}
