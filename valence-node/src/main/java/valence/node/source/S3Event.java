package valence.node.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import valence.node.lambda.Json;
import valence.node.source.queue.Draft;
import valence.node.source.queue.Message;
import valence.wire.ion.Origin.Change;

/// One record of an S3 event, as AWS sends it to a Lambda.
///
/// @param key    of the object; it is encoded as in a URL in the event, with `+` for a space
/// @param more   what AWS doesn't say, under `valence`
record S3Event(
    String source,
    String bucket,
    String key,
    Change change,
    long size,
    String etag,
    Instant at,
    Map<String, Object> more) {
  /// A payload of records that were queued.
  static final Pump.Shape SHAPE = S3Event::payload;

  Draft draft() {
    return new Draft(Json.print(record()));
  }

  private static String payload(List<Message> messages) {
    StringBuilder payload = new StringBuilder("{\"Records\":[");
    String separator = "";
    for (Message message : messages) {
      payload.append(separator).append(message.body());
      separator = ",";
    }
    return payload.append("]}").toString();
  }

  private Map<String, Object> record() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("key", URLEncoder.encode(key, UTF_8).replace("%2F", "/"));
    if (change != Change.REMOVED) {
      object.put("size", size);
      object.put("eTag", etag);
    }
    object.put("sequencer", String.format("%016X", at.toEpochMilli()));
    Map<String, Object> s3 = new LinkedHashMap<>();
    s3.put("s3SchemaVersion", "1.0");
    s3.put("configurationId", source);
    s3.put(
        "bucket",
        Map.of(
            "name",
            bucket,
            "ownerIdentity",
            Map.of("principalId", "valence"),
            "arn",
            "arn:aws:s3:::" + bucket));
    s3.put("object", object);
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("eventVersion", "2.1");
    record.put("eventSource", "aws:s3");
    record.put("awsRegion", "local");
    record.put("eventTime", at.toString());
    record.put(
        "eventName",
        switch (change) {
          case CREATED, MODIFIED -> "ObjectCreated:Put";
          case REMOVED -> "ObjectRemoved:Delete";
        });
    record.put("userIdentity", Map.of("principalId", "valence"));
    record.put("requestParameters", Map.of("sourceIPAddress", "127.0.0.1"));
    record.put("responseElements", Map.of("x-amz-request-id", UUID.randomUUID().toString()));
    record.put("s3", s3);
    Map<String, Object> own = new LinkedHashMap<>(more);
    own.put("change", change.name().toLowerCase(java.util.Locale.ROOT));
    record.put("valence", own);
    return record;
  }
}
