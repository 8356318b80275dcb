package valence.node.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import valence.testing.Fuzz;
import valence.wire.ion.Origin.Webhook;
import valence.wire.ion.Setting;

/// What reaches the sources from outside.
final class SourcesFuzzTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneOffset.UTC);

  @ParameterizedTest
  @EnumSource
  void signaturesOfWebhooks(Webhook.Scheme scheme) {
    Webhook webhook = new Webhook(
        scheme,
        scheme == Webhook.Scheme.HEADER ? "x-sign" : "",
        Setting.NONE,
        "",
        300,
        Webhook.Shape.BODY);
    WebhookSignature signature = new WebhookSignature(webhook, "secret");
    new Fuzz("webhook-signature-" + scheme, 2_000)
        .run(
            List.of(
                "sha256=" + "0".repeat(64),
                "t=1769860800,v1=" + "ab".repeat(32) + ",v1=x",
                "c2lnbmF0dXJl"),
            input -> {
              String header = new String(input, UTF_8);
              if (signature
                  .refusal(Map.of(signature.header(), header), "{}".getBytes(UTF_8), CLOCK)
                  .isEmpty()) {
                throw new AssertionError("took a signature that nobody made");
              }
            });
  }

  @Test
  void listingsOfBuckets() {
    new Fuzz("bucket-listing", 1_500)
        .run(
            List.of(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult xmlns=\"http://s3\">"
                    + "<Name>b</Name><KeyCount>2</KeyCount><Contents><Key>in%2Fa+b.csv</Key>"
                    + "<LastModified>2026-01-31T12:00:00.000Z</LastModified><ETag>&quot;9b&quot;"
                    + "</ETag><Size>5</Size></Contents><Contents><Key>c</Key></Contents>"
                    + "<NextContinuationToken>1&#43;2</NextContinuationToken></ListBucketResult>",
                "<!DOCTYPE a [<!ENTITY b \"cc\"><!ENTITY d \"&b;&b;\">]><a><Key>&d;</Key></a>"),
            BucketListing::page);
  }
}
