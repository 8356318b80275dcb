package valence.node.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.node.lambda.Json;
import valence.node.source.queue.Draft;
import valence.node.source.queue.Message;
import valence.node.source.queue.Queue;
import valence.wire.ion.Origin;
import valence.wire.json.PlainJson;

/// Takes the requests to one webhook in. Safe for many threads.
final class WebhookInbox {
  /// A payload is an event as it was queued.
  static final Pump.Shape SHAPE =
      messages -> messages.stream().map(Message::body).toList().getFirst();

  /// For which the same id is taken for the same request.
  private static final Duration REMEMBERED = Duration.ofDays(3);

  private static final int REMEMBERED_MAX = 100_000;
  private static final int ID_CHARACTERS_MAX = 256;

  private final String source;
  private final Origin.Webhook webhook;
  private final SettingValues parameters;
  private final SourceFacts facts;
  private final Queue queue;
  private final Clock clock;

  /// When a request of an id came, in milliseconds since 1970.
  private final Map<String, Long> known = new ConcurrentHashMap<>();

  WebhookInbox(
      String source,
      Origin.Webhook webhook,
      SettingValues parameters,
      SourceFacts facts,
      Queue queue,
      Clock clock) {
    this.source = source;
    this.webhook = webhook;
    this.parameters = parameters;
    this.facts = facts;
    this.queue = queue;
    this.clock = clock;
    facts.seen().forEach((id, millis) -> known.put(id, Long.parseLong(millis)));
  }

  /// What became of a request.
  enum Taken {
    NEW,
    KNOWN
  }

  /// Makes a request durable, once for its id.
  ///
  /// `forbidden` when its signature doesn't hold; `unavailable` when there is no secret, `busy`
  /// when the queue is full.
  ///
  /// @param headers names in lower case
  Taken take(String path, Map<String, String> headers, byte[] body) {
    var signature = new WebhookSignature(webhook, parameters.required(source, webhook.secret()));
    Optional<String> refusal = signature.refusal(headers, body, clock);
    if (refusal.isPresent()) {
      throw Anomaly.of(Anomaly.Category.FORBIDDEN, refusal.get())
          .withError("ion.error/webhook-signature")
          .toException();
    }
    Draft draft = new Draft(payload(path, headers, body));
    String id = id(headers, body);
    if (id.isEmpty()) {
      queue.send(List.of(draft));
      return Taken.NEW;
    }
    if (known.size() >= REMEMBERED_MAX) {
      forgetOld(Duration.ZERO);
    }
    long now = clock.millis();
    if (known.putIfAbsent(id, now) != null) {
      return Taken.KNOWN;
    }
    try {
      queue.send(List.of(draft), List.of(facts.sight(id, Long.toString(now))));
    } catch (RuntimeException e) {
      known.remove(id, now);
      throw e;
    }
    return Taken.NEW;
  }

  /// Forgets ids that are old enough, or half of them when there are too many.
  void forgetOld() {
    forgetOld(REMEMBERED);
  }

  private synchronized void forgetOld(Duration age) {
    long before = clock.millis() - age.toMillis();
    if (age.isZero()) {
      long[] times = known.values().stream().mapToLong(Long::longValue).sorted().toArray();
      before = times.length == 0 ? 0 : times[times.length / 2];
    }
    List<Object> said = new ArrayList<>();
    for (Map.Entry<String, Long> each : known.entrySet()) {
      if (each.getValue() < before) {
        said.add(facts.oblivion(each.getKey()));
      }
    }
    facts.say(said);
    long limit = before;
    known.values().removeIf(millis -> millis < limit);
  }

  private String id(Map<String, String> headers, byte[] body) {
    String id = switch (webhook.scheme()) {
      case GITHUB -> headers.getOrDefault(named("x-github-delivery"), "");
      case STRIPE -> webhook.idHeader().isEmpty() ? eventId(body) : header(headers);
      case HEADER -> webhook.idHeader().isEmpty() ? "" : header(headers);
    };
    return id.length() <= ID_CHARACTERS_MAX
        ? id
        : UUID.nameUUIDFromBytes(id.getBytes(UTF_8)).toString();
  }

  private String named(String missing) {
    return webhook.idHeader().isEmpty() ? missing : webhook.idHeader();
  }

  private String header(Map<String, String> headers) {
    return headers.getOrDefault(webhook.idHeader(), "");
  }

  private static String eventId(byte[] body) {
    try {
      return PlainJson.read(new String(body, UTF_8)) instanceof Map<?, ?> event
              && event.get("id") instanceof String id
          ? id
          : "";
    } catch (AnomalyException e) { // no JSON, and so without an id
      return "";
    }
  }

  private String payload(String path, Map<String, String> headers, byte[] body) {
    @Nullable String text = text(body);
    String shown = text == null ? Base64.getEncoder().encodeToString(body) : text;
    return switch (webhook.shape()) {
      case BODY ->
        text != null && PlainJson.isJson(text, PlainJson.LEVELS_MAX) ? text : Json.print(shown);
      case SNS -> Json.print(Map.of("Records", List.of(sns(shown))));
      case REQUEST -> {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("version", "2.0");
        request.put("routeKey", "$default");
        request.put("rawPath", path);
        request.put("rawQueryString", "");
        request.put("headers", headers);
        request.put("requestContext", Map.of("http", Map.of("method", "POST", "path", path)));
        request.put("body", shown);
        request.put("isBase64Encoded", text == null);
        yield Json.print(request);
      }
    };
  }

  private Map<String, Object> sns(String message) {
    Map<String, @Nullable Object> notification = new LinkedHashMap<>();
    notification.put("Type", "Notification");
    notification.put("MessageId", UUID.randomUUID().toString());
    notification.put("TopicArn", "arn:aws:sns:local:000000000000:" + source);
    notification.put("Subject", null);
    notification.put("Message", message);
    notification.put("Timestamp", clock.instant().toString());
    notification.put("SignatureVersion", "1");
    notification.put("Signature", "");
    notification.put("SigningCertUrl", "");
    notification.put("UnsubscribeUrl", "");
    notification.put("MessageAttributes", Map.of());
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("EventSource", "aws:sns");
    record.put("EventVersion", "1.0");
    record.put("EventSubscriptionArn", "arn:aws:sns:local:000000000000:" + source + ":valence");
    record.put("Sns", notification);
    return record;
  }

  private static @Nullable String text(byte[] body) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) { // then it is told as bytes
      return null;
    }
  }
}
