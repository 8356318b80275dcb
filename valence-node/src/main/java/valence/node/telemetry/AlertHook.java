package valence.node.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Posts alerts to a webhook: a JSON object, its body signed with HMAC-SHA256.
///
/// `x-valence-signature` is `t=<seconds since 1970>,v1=<hex of the HMAC of "<t>.<body>">`. Of one
/// message [#OF_MESSAGE] passes and all together [#OF_ALL]; what is held back is counted in
/// the next that passes.
final class AlertHook implements AutoCloseable {
  static final String SIGNATURE = "x-valence-signature";
  private static final Outbox.Terms TERMS =
      new Outbox.Terms(256, 1, Duration.ZERO, Duration.ofSeconds(1));

  /// One at once, then one in ten seconds or so.
  private static final Rates.Limit OF_MESSAGE = new Rates.Limit(1, 1);

  private static final Rates.Limit OF_ALL = new Rates.Limit(60, 1);
  private static final int SLOWED = 10;

  private final @Nullable Outbox<Map<String, Object>> outbox;
  private final String system;
  private final String group;
  private final String secret;
  // A clock ten times as slow makes of one a second one in ten seconds.
  private final Rates rates = new Rates(OF_MESSAGE, OF_ALL, () -> System.nanoTime() / SLOWED);

  AlertHook(TelemetryConfig.Alerts config, String system, String group, Metrics metrics) {
    this.system = system;
    this.group = group;
    this.secret = config.secret();
    this.outbox = config.url() == null
        ? null
        : new Outbox<>("alerts", config.url(), TERMS, metrics, this::letter);
  }

  void post(Said said) {
    if (outbox == null) {
      return;
    }
    Object message = said.fields().get(valence.api.Valence.kw("msg"));
    long suppressed = rates.pass(String.valueOf(message));
    if (suppressed < 0) {
      return;
    }
    Map<String, Object> alert = new LinkedHashMap<>();
    alert.put("system", system);
    alert.put("group", group);
    alert.put("at", said.at().toString());
    alert.put("message", message);
    if (said.app() != null) {
      alert.put("app", said.app().appName());
      alert.put("revision", said.app().revision());
    }
    Cause cause = said.cause();
    if (cause != null) {
      alert.put("request", cause.requestId());
      alert.put("trace", cause.span().traceId());
      if (cause.function() != null) {
        alert.put("function", cause.function());
      }
    }
    if (suppressed > 0) {
      alert.put("suppressed", suppressed);
    }
    Map<Object, Object> fields = new LinkedHashMap<>(said.fields());
    fields.remove(valence.api.Valence.kw("msg"));
    alert.put("fields", fields);
    outbox.add(alert);
  }

  private Outbox.Letter letter(List<Map<String, Object>> one) {
    String body = LooseJson.print(one.getFirst());
    if (secret.isEmpty()) {
      return new Outbox.Letter(body.getBytes(UTF_8), "content-type", "application/json");
    }
    long seconds = System.currentTimeMillis() / 1_000;
    return new Outbox.Letter(
        body.getBytes(UTF_8),
        "content-type",
        "application/json",
        SIGNATURE,
        "t=" + seconds + ",v1=" + hmac(seconds + "." + body));
  }

  private String hmac(String signed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(signed.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("each JDK has HmacSHA256", e);
    }
  }

  @Override
  public void close() {
    if (outbox != null) {
      outbox.close();
    }
  }
}
