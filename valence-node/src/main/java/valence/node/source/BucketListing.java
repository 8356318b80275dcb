package valence.node.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.ion.Origin;

/// S3's *ListObjectsV2*, with Signature Version 4: the one call that watching a bucket needs.
///
/// The access key is the configuration's, or else that of `AWS_ACCESS_KEY_ID` and
/// `AWS_SECRET_ACCESS_KEY`; without any, requests aren't signed, which a public bucket takes.
final class BucketListing implements AutoCloseable {
  /// How many objects a bucket may list.
  static final int OBJECTS_MAX = 100_000;

  private static final int ANSWER_BYTES_MAX = 32 << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final String SIGNED_HEADERS = "host;x-amz-content-sha256;x-amz-date";

  /// An object of a bucket.
  record Listed(String key, String etag, long size, String modified) {
    String state() {
      return etag + " " + size + " " + modified;
    }
  }

  private record Key(String id, String secret, String token) {}

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final URI endpoint;
  private final String region;
  private final Optional<Key> key;
  private final Clock clock;

  private BucketListing(URI endpoint, String region, Optional<Key> key, Clock clock) {
    this.endpoint = endpoint;
    this.region = region;
    this.key = key;
    this.clock = clock;
  }

  static BucketListing open(
      String source, Origin.Bucket origin, SettingValues parameters, Clock clock) {
    String endpoint = parameters
        .optional(origin.endpoint())
        .orElse("https://s3." + origin.region() + ".amazonaws.com");
    URI uri;
    try {
      uri = URI.create(endpoint.endsWith("/") ? endpoint : endpoint + "/");
    } catch (IllegalArgumentException e) {
      throw notAnAddress(source, endpoint, e);
    }
    if (uri.getHost() == null || !String.valueOf(uri.getScheme()).matches("https?")) {
      throw notAnAddress(source, endpoint, null);
    }
    Optional<Key> key = parameters
        .optional(origin.accessKey())
        .map(id -> new Key(id, parameters.required(source, origin.secretKey()), ""))
        .or(BucketListing::ofEnvironment);
    return new BucketListing(uri, origin.region(), key, clock);
  }

  private static Optional<Key> ofEnvironment() {
    String id = System.getenv("AWS_ACCESS_KEY_ID");
    String secret = System.getenv("AWS_SECRET_ACCESS_KEY");
    String token = System.getenv("AWS_SESSION_TOKEN");
    return id == null || secret == null
        ? Optional.empty()
        : Optional.of(new Key(id, secret, token == null ? "" : token));
  }

  /// Every object whose key begins so.
  void all(String bucket, String prefix, Consumer<Listed> each)
      throws IOException, InterruptedException {
    String continuation = "";
    int count = 0;
    do {
      Map<String, String> query = new TreeMap<>();
      query.put("list-type", "2");
      query.put("encoding-type", "url");
      if (!prefix.isEmpty()) {
        query.put("prefix", prefix);
      }
      if (!continuation.isEmpty()) {
        query.put("continuation-token", continuation);
      }
      Page page = page(get(bucket, query));
      page.objects().forEach(each);
      count += Math.max(1, page.objects().size()); // an empty page counts, so that they end
      if (count > OBJECTS_MAX) {
        throw Anomaly.of(
                Anomaly.Category.BUSY,
                "The bucket " + bucket + " lists more than " + OBJECTS_MAX + " objects.",
                "Watch a :prefix of it, or let the function move what it has worked off.")
            .toException();
      }
      continuation = page.continuation();
    } while (!continuation.isEmpty());
  }

  private byte[] get(String bucket, Map<String, String> query)
      throws IOException, InterruptedException {
    String path = endpoint.getRawPath() + encoded(bucket);
    StringBuilder text = new StringBuilder();
    query.forEach((name, value) -> text.append(text.isEmpty() ? "" : "&")
        .append(encoded(name))
        .append('=')
        .append(encoded(value)));
    String host =
        endpoint.getPort() < 0 ? endpoint.getHost() : endpoint.getHost() + ":" + endpoint.getPort();
    HttpRequest.Builder request = HttpRequest.newBuilder(
            URI.create(endpoint.getScheme() + "://" + host + path + "?" + text))
        .timeout(TIMEOUT);
    key.ifPresent(known -> sign(request, known, host, path, text.toString()));
    HttpResponse<InputStream> answer =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      byte[] bytes = body.readNBytes(ANSWER_BYTES_MAX);
      if (answer.statusCode() != 200) {
        throw Anomaly.of(
                Anomaly.Category.UNAVAILABLE,
                "The bucket " + bucket + " at " + host + " can't be listed: status "
                    + answer.statusCode() + ", "
                    + Tally.shortened(new String(bytes, UTF_8).strip()) + ".")
            .toException();
      }
      return bytes;
    }
  }

  private void sign(
      HttpRequest.Builder request, Key known, String host, String path, String query) {
    String time = TIME.format(clock.instant());
    String empty = hex(sha256(""));
    String token = known.token();
    String names = SIGNED_HEADERS + (token.isEmpty() ? "" : ";x-amz-security-token");
    String canonical = "GET\n" + path + "\n" + query + "\nhost:" + host
        + "\nx-amz-content-sha256:" + empty + "\nx-amz-date:" + time + "\n"
        + (token.isEmpty() ? "" : "x-amz-security-token:" + token + "\n") + "\n" + names + "\n"
        + empty;
    String day = time.substring(0, 8);
    String scope = day + "/" + region + "/s3/aws4_request";
    String toSign = ALGORITHM + "\n" + time + "\n" + scope + "\n" + hex(sha256(canonical));
    byte[] signing = hmac(
        hmac(hmac(hmac(("AWS4" + known.secret()).getBytes(UTF_8), day), region), "s3"),
        "aws4_request");
    request.header("x-amz-date", time);
    request.header("x-amz-content-sha256", empty);
    if (!token.isEmpty()) {
      request.header("x-amz-security-token", token);
    }
    request.header(
        "authorization",
        ALGORITHM + " Credential=" + known.id() + "/" + scope + ", SignedHeaders=" + names
            + ", Signature=" + hex(hmac(signing, toSign)));
  }

  /// One answer's objects, counted, and how to go on; empty at the end.
  record Page(List<Listed> objects, String continuation) {}

  /// One answer; `unavailable` when it is no listing.
  static Page page(byte[] xml) {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try {
      return page(factory.createXMLStreamReader(new ByteArrayInputStream(xml)));
    } catch (XMLStreamException | RuntimeException e) { // the JDK's reader has bugs of both kinds
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE, "A bucket's listing can't be read: " + e.getMessage())
          .toException(e);
    }
  }

  private static Page page(XMLStreamReader reader) throws XMLStreamException {
    List<Listed> objects = new ArrayList<>();
    String continuation = "";
    Map<String, String> object = new TreeMap<>();
    while (reader.hasNext()) {
      int event = reader.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        switch (reader.getLocalName()) {
          case "Contents" -> object.clear();
          case "Key", "ETag", "Size", "LastModified" ->
            object.put(reader.getLocalName(), reader.getElementText());
          case "NextContinuationToken" -> continuation = reader.getElementText();
          default -> {}
        }
      } else if (event == XMLStreamConstants.END_ELEMENT
          && reader.getLocalName().equals("Contents")) {
        objects.add(new Listed(
            URLDecoder.decode(object.getOrDefault("Key", ""), UTF_8),
            object.getOrDefault("ETag", "").replace("\"", ""),
            Long.parseLong(object.getOrDefault("Size", "0")),
            object.getOrDefault("LastModified", "")));
      }
    }
    return new Page(objects, continuation);
  }

  private static AnomalyException notAnAddress(
      String source, String endpoint, @org.jspecify.annotations.Nullable Exception cause) {
    Anomaly anomaly = Anomaly.incorrect(
        "ion.error/invalid-config",
        "The endpoint of the source " + source + " is " + endpoint + ".",
        "Expected an address such as http://127.0.0.1:9000.");
    return cause == null ? anomaly.toException() : anomaly.toException(cause);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("each JDK has SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] with, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(with, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("each JDK has HMAC-SHA256", e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() {
    http.close();
  }
}
