package valence.node.source.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.node.http.Endpoint;
import valence.node.http.Exchange;
import valence.node.http.Reply;
import valence.node.lambda.Json;
import valence.node.source.queue.Queues;
import valence.wire.json.PlainJson;

/// The requests of SQS's callers at the api door.
public final class SqsRequests implements Endpoint {
  /// The account that queues are told to be of: who calls needs some.
  static final String ACCOUNT = "000000000000";

  private static final Logger LOG = LoggerFactory.getLogger(SqsRequests.class);

  /// How many bytes a request may have: ten messages, however they are escaped.
  private static final int BODY_BYTES_MAX = 8 << 20;

  private static final String TARGET = "AmazonSQS.";
  private static final String JSON = "application/x-amz-json-1.0";
  private static final Pattern QUEUE_PATH = Pattern.compile("/(?:[0-9]{12}/[A-Za-z0-9_.-]{1,90})?");
  private static final Pattern REGION =
      Pattern.compile("Credential=[^/,\\s]*/[0-9]{8}/([a-z0-9-]{1,40})/");

  private final Actions actions;

  public SqsRequests(Queues queues) {
    this.actions = new Actions(queues);
  }

  /// Whether a request is of SQS's protocol.
  public static boolean concerns(Exchange exchange) {
    return exchange.method().equals("POST")
        && QUEUE_PATH.matcher(exchange.path()).matches()
        && (isJson(exchange)
            || exchange
                .header("content-type")
                .map(type -> type.startsWith("application/x-www-form-urlencoded"))
                .orElse(false));
  }

  private static boolean isJson(Exchange exchange) {
    return exchange.header("x-amz-target").map(name -> name.startsWith(TARGET)).orElse(false);
  }

  /// A refusal, as the callers of SQS know it.
  public static Reply refused(Exchange exchange, Anomaly anomaly) {
    return reply(exchange, Refused.of(anomaly));
  }

  @Override
  public Reply answer(Exchange exchange) throws Exception {
    try {
      return answered(exchange);
    } catch (Refused e) {
      return reply(exchange, e);
    } catch (AnomalyException e) {
      if (e.anomaly().category() == Anomaly.Category.FAULT) {
        LOG.error("queue-request-failed request={}", exchange.requestId(), e);
      }
      return reply(exchange, Refused.of(e.anomaly()));
    }
  }

  private Reply answered(Exchange exchange) throws Refused, InterruptedException {
    String body = body(exchange);
    if (isJson(exchange)) {
      String action = exchange.header("x-amz-target").orElse(TARGET).substring(TARGET.length());
      Input input = Input.of(body.isBlank() ? Map.of() : PlainJson.read(body));
      return reply(exchange, 200, JSON, Json.print(actions.answer(call(exchange, action, input))));
    }
    Map<String, String> fields = QueryForm.fields(body);
    String action = fields.getOrDefault("Action", "");
    if (!action.matches("[A-Za-z]{1,64}")) {
      throw Refused.missing("Action");
    }
    Input input = new Input(QueryForm.input(fields));
    Map<String, Object> answer = actions.answer(call(exchange, action, input));
    return reply(exchange, 200, "text/xml", QueryForm.answer(action, answer, exchange.requestId()));
  }

  private static Call call(Exchange exchange, String action, Input input) {
    Matcher region = REGION.matcher(exchange.header("authorization").orElse(""));
    return new Call(
        action,
        input,
        exchange.path(),
        region.find() ? region.group(1) : "us-east-1",
        exchange.scheme() + "://" + exchange.authority());
  }

  private static String body(Exchange exchange) throws Refused {
    try {
      return UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(exchange.body(BODY_BYTES_MAX)))
          .toString();
    } catch (CharacterCodingException e) {
      throw Refused.invalid("The request isn't UTF-8.");
    }
  }

  private static Reply reply(Exchange exchange, Refused refused) {
    if (!isJson(exchange)) {
      return reply(
          exchange, refused.status(), "text/xml", QueryForm.refusal(refused, exchange.requestId()));
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("__type", "com.amazonaws.sqs#" + refused.code());
    body.put("message", refused.said());
    return reply(exchange, refused.status(), JSON, Json.print(body))
        .withHeader(
            "x-amzn-query-error",
            refused.queryCode() + ";" + (refused.status() < 500 ? "Sender" : "Receiver"));
  }

  private static Reply reply(Exchange exchange, int status, String type, String body) {
    return Reply.of(status, type, body.getBytes(UTF_8))
        .withHeader("x-amzn-requestid", exchange.requestId());
  }
}
