package valence.node.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.ion.AppInfo;
import valence.ion.LambdaContext;
import valence.node.app.Application;
import valence.node.app.Entrance;
import valence.node.app.Serving;
import valence.node.http.Endpoint;
import valence.node.http.Exchange;
import valence.node.http.Lane;
import valence.node.http.Reply;
import valence.wire.json.PlainJson;

/// Lambda's *Invoke* on the functions of the serving application.
public final class Invocations implements Endpoint {
  /// How many bytes a payload and an answer may have, as at AWS.
  public static final int PAYLOAD_BYTES_MAX = 6 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(Invocations.class);
  private static final Pattern PATH =
      Pattern.compile("/2015-03-31/functions/([^/]+)/invocations/?");
  private static final Pattern PLAIN_PATH =
      Pattern.compile("/invoke/([A-Za-z0-9_-]{1,64})/([A-Za-z0-9_-]{1,64})");
  private static final Pattern QUALIFIER = Pattern.compile("(?:^|&)Qualifier=([^&]*)");
  private static final String LATEST = "$LATEST";
  private static final int LOG_TAIL_BYTES = 2 << 10;

  private final Serving serving;
  private final Events events;

  /// Events are kept in memory.
  public Invocations(Serving serving) {
    this(serving, new PassingEvents());
  }

  public Invocations(Serving serving, Events events) {
    this.serving = serving;
    this.events = events;
  }

  /// A refusal, as the callers of Lambda know it.
  public static Reply refused(Exchange exchange, Anomaly anomaly) {
    return Refusal.of(anomaly).reply().withHeader("x-amzn-requestid", exchange.requestId());
  }

  /// Whether a request is one of *Invoke*.
  public static boolean concerns(Exchange exchange) {
    return exchange.path().startsWith("/2015-03-31/") || exchange.path().startsWith("/invoke/");
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
    Matcher plain = PLAIN_PATH.matcher(exchange.path());
    if (plain.matches() && exchange.method().equals("POST")) {
      Reply reply = invoke(exchange, plain.group(1) + "-" + plain.group(2));
      // Whoever asks here looks at the status.
      return reply.headers().containsKey("x-amz-function-error")
          ? new Reply(500, reply.headers(), reply.body())
          : reply;
    }
    Matcher path = PATH.matcher(exchange.path());
    if (!path.matches() || !exchange.method().equals("POST")) {
      throw Refusal.unknownOperation();
    }
    return invoke(exchange, path.group(1));
  }

  private Reply invoke(Exchange exchange, String called) throws Exception {
    FunctionName name = FunctionName.parse(called).orElseThrow(() -> Refusal.notFound(called));
    Serving.Call call = serving.begin().orElseThrow(() -> Refusal.notFound(name.name()));
    try (call) {
      Application application = call.application();
      Application.Lambda lambda =
          application.lambda(name.name()).orElseThrow(() -> Refusal.notFound(name.name()));
      checkQualifier(exchange, name, application);
      String payload = payload(exchange);
      LambdaContext context = context(exchange, called, name, application, lambda);
      String type = exchange.header("x-amz-invocation-type").orElse("RequestResponse");
      switch (type) {
        case "RequestResponse" -> {
          long begin = System.nanoTime();
          Reply reply = answer(application, lambda, payload, context);
          return exchange.header("x-amz-log-type").filter("Tail"::equals).isPresent()
              ? reply.withHeader("x-amz-log-result", tail(context, reply, begin))
              : reply;
        }
        case "DryRun" -> {
          return Reply.empty(204);
        }
        case "Event" -> {
          accept(call, lambda, payload, context);
          return Reply.empty(202);
        }
        default -> throw Refusal.invalidParameter("There is no invocation type " + type + ".");
      }
    }
  }

  private void accept(
      Serving.Call call, Application.Lambda lambda, String payload, LambdaContext context)
      throws Refusal {
    try {
      events.accept(call, lambda, payload, context);
    } catch (AnomalyException e) {
      if (e.anomaly().category() == Anomaly.Category.BUSY) {
        throw Refusal.tooManyRequests();
      }
      throw e;
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
    if (!PlainJson.isJson(payload, exchange.nestingMax())) {
      throw Refusal.invalidContent("The payload isn't JSON, or is nested too deeply.");
    }
    return payload;
  }

  private static Reply answer(
      Application application, Application.Lambda lambda, String payload, LambdaContext context)
      throws Exception {
    Duration limit = Duration.ofSeconds(lambda.config().timeoutSecs());
    try {
      return application.perform(
          Entrance.LAMBDA,
          lambda.function(),
          lambda.calls(),
          limit,
          () -> Outcome.of(lambda, payload, context).reply());
    } catch (AnomalyException e) {
      return switch (e.anomaly().category()) {
        case BUSY -> throw Refusal.tooManyRequests();
        case UNAVAILABLE -> {
          if (!Lane.isTimeout(e.anomaly())) {
            throw e;
          }
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

  private static LambdaContext context(
      Exchange exchange,
      String called,
      FunctionName name,
      Application application,
      Application.Lambda lambda)
      throws Refusal {
    var plain = new LambdaContext(
        name.name(),
        exchange.requestId(),
        Instant.now().plusSeconds(lambda.config().timeoutSecs()));
    return new LambdaContext(
        plain.functionName(),
        plain.functionVersion(),
        called.startsWith("arn:") ? called : plain.invokedFunctionArn(),
        plain.requestId(),
        plain.logGroupName(),
        logStream(application.info()),
        plain.memoryLimitMb(),
        plain.deadline(),
        Map.of(),
        clientContext(exchange));
  }

  static String logStream(AppInfo info) {
    return LocalDate.now(ZoneOffset.UTC) + "/[" + info.revision() + "]";
  }

  /// What the caller sent along, `X-Amz-Client-Context`: JSON in Base64.
  private static Map<String, @Nullable Object> clientContext(Exchange exchange) throws Refusal {
    Optional<String> header = exchange.header("x-amz-client-context");
    if (header.isEmpty()) {
      return Map.of();
    }
    try {
      String json = new String(Base64.getDecoder().decode(header.get()), UTF_8);
      if (PlainJson.read(json) instanceof Map<?, ?> map) {
        Map<String, @Nullable Object> context = new LinkedHashMap<>();
        map.forEach((key, value) -> context.put(String.valueOf(key), value));
        return context;
      }
    } catch (IllegalArgumentException | AnomalyException e) {
      throw Refusal.invalidContent("The client context isn't JSON in Base64: " + e.getMessage());
    }
    throw Refusal.invalidContent("The client context isn't a JSON object.");
  }

  /// The lines that end a call in the log at AWS, and the error of one that failed.
  private static String tail(LambdaContext context, Reply reply, long beginNanos) {
    double millis = (System.nanoTime() - beginNanos) / 1e6;
    String id = context.requestId();
    String error = reply.headers().containsKey("x-amz-function-error")
        ? new String(reply.body(), 0, Math.min(reply.body().length, LOG_TAIL_BYTES), UTF_8) + "\n"
        : "";
    String text = "START RequestId: " + id + " Version: " + context.functionVersion() + "\n" + error
        + "END RequestId: " + id + "\nREPORT RequestId: " + id
        + String.format(Locale.ROOT, "\tDuration: %.2f ms", millis)
        + "\tBilled Duration: " + (long) Math.ceil(millis) + " ms\tMemory Size: "
        + context.memoryLimitMb() + " MB\n";
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }
}
