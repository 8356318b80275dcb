package valence.node.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import valence.api.AnomalyException;
import valence.ion.AppInfo;
import valence.node.app.Application;
import valence.node.app.Serving;
import valence.node.http.BodyBudget;
import valence.node.http.Door;
import valence.node.testing.MemorySystem;
import valence.node.testing.Requests;
import valence.node.testing.TestJar;
import valence.wire.ion.IonConfig;
import valence.wire.json.PlainJson;

/// What Lambda functions take and give.
final class FunctionsTest {
  private static final String SOURCE = """
      package fn;

      import static valence.api.Valence.kw;

      import clojure.lang.Keyword;
      import java.io.*;
      import java.nio.ByteBuffer;
      import java.nio.file.*;
      import java.util.*;
      import valence.ion.*;

      public final class Fns {
        public enum Size { SMALL, VERY_LARGE }
        public record Line(String sku, long count, Optional<Size> size) {}
        public record Order(UUID id, java.time.Instant at, List<Line> lines) {}
        public record Priced(Order order, java.math.BigDecimal total) {}

        public static Priced order(Order order, LambdaContext context) {
          return new Priced(order, new java.math.BigDecimal(order.lines().size()));
        }
        public static Object map(Map<String, Object> event) { return event.keySet(); }
        public static int bytes(byte[] payload) { return payload.length; }
        public static InputStream stream(InputStream payload) { return payload; }
        public static ByteBuffer buffer(String payload) {
          return ByteBuffer.wrap("[1]".getBytes());
        }
        public static Path file(Map<String, String> event) throws Exception {
          return Files.writeString(Path.of(event.get("path")), "{}");
        }
        public static Object context(Object payload, LambdaContext context) {
          return Arrays.asList(context.functionName(), context.invokedFunctionArn(),
              context.logStreamName(), context.remainingTime().toSeconds(),
              context.clientContext(), context.toMap().get(kw("aws-request-id")));
        }
        public static Object fail(Object payload) { throw new IllegalStateException("no tea"); }
        public static Object third(String payload) throws Exception {
          Path file = Path.of(payload.substring(1, payload.length() - 1));
          Files.writeString(file, "x", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
          if (Files.size(file) < 3) throw new IllegalStateException("not yet");
          return null;
        }
        public static HttpResponse typed(HttpRequest request) {
          return HttpResponse.text(200, request.method() + " " + request.path() + " "
              + request.parameter("q").orElse("") + " " + request.header("X-A").orElse("") + " "
              + request.bodyText()).withCookie("a", "1");
        }
        public static Map<Keyword, Object> ring(Map<Keyword, Object> request) {
          return Map.of(kw("status"), 201, kw("headers"), Map.of(),
              kw("body"),
                  new byte[] {(byte) 0xff, (byte) ((Map<?, ?>) request.get(kw("data"))).size()});
        }
        public static String notOne(long a, long b, long c) { return ""; }
      }
      """;

  @TempDir
  Path directory;

  private final Serving serving = new Serving(Duration.ofSeconds(5));
  private Door door;
  private Requests requests;

  @BeforeEach
  void open() throws IOException {
    serving.swap(load("{:order {:fn fn.Fns/order} :map {:fn fn.Fns/map} :bytes {:fn fn.Fns/bytes}"
        + " :stream {:fn fn.Fns/stream} :buffer {:fn fn.Fns/buffer} :file {:fn fn.Fns/file}"
        + " :context {:fn fn.Fns/context :timeout-secs 30} :fail {:fn fn.Fns/fail}"
        + " :third {:fn fn.Fns/third}"
        + " :typed {:fn fn.Fns/typed :integration :api-gateway/proxy}"
        + " :ring {:fn fn.Fns/ring :integration :api-gateway/proxy}}"));
    door = Door.open(
        "api",
        "127.0.0.1",
        0,
        Duration.ofSeconds(5),
        new BodyBudget(64 << 20, BodyBudget.TIMEOUT_DEFAULT),
        new Invocations(serving));
    requests = new Requests(door.port());
  }

  @AfterEach
  void close() {
    requests.close();
    door.close();
    serving.close();
  }

  private Application load(String lambdas) throws IOException {
    return Application.load(
        new AppInfo("fn", "solo", "v1"),
        IonConfig.parse("{:app-name \"fn\" :lambdas " + lambdas + "}"),
        List.of(TestJar.compile(directory, "fn", Map.of("fn.Fns", SOURCE))),
        MemorySystem.open());
  }

  private HttpResponse<String> invoke(String function, String payload, String... headers)
      throws Exception {
    return requests.send("POST", "/invoke/solo/" + function, payload, headers);
  }

  @Test
  void aPayloadIsWhatTheFunctionDeclares() throws Exception {
    String order =
        "{\"id\":\"6f1f1c52-7d0c-4f3c-8a35-0a51a3b8f001\",\"at\":\"2026-01-02T03:04:05Z\","
            + "\"lines\":[{\"sku\":\"tea\",\"count\":2,\"size\":\"very-large\"},"
            + "{\"sku\":\"a\",\"count\":1}]}";
    assertThat(invoke("order", order).body())
        .isEqualTo("{\"order\":{\"id\":\"6f1f1c52-7d0c-4f3c-8a35-0a51a3b8f001\","
            + "\"at\":\"2026-01-02T03:04:05Z\",\"lines\":[{\"sku\":\"tea\",\"count\":2,"
            + "\"size\":\"VERY_LARGE\"},{\"sku\":\"a\",\"count\":1,\"size\":null}]},\"total\":2}");
    assertThat(invoke("map", "{\"a\":{\"b\":[]}}").body()).isEqualTo("[\"a\"]");
    assertThat(invoke("bytes", "[1, 2]").body()).isEqualTo("6");
    assertThat(invoke("stream", "{\"x\": 1}").body()).isEqualTo("{\"x\": 1}");
    assertThat(invoke("buffer", "1").body()).isEqualTo("[1]");
    assertThat(invoke("file", "{\"path\":\"" + directory.resolve("out") + "\"}").body())
        .isEqualTo("{}");
    HttpResponse<String> wrong = invoke("order", "{\"id\":\"x\"}");
    assertThat(wrong.statusCode()).isEqualTo(500);
    assertThat(wrong.body()).contains("its id is").contains("not a java.util.UUID");
  }

  @Test
  void theContextIsWhole() throws Exception {
    String client = Base64.getEncoder().encodeToString("{\"custom\":{\"a\":1}}".getBytes(UTF_8));
    String body = invoke("context", "{}", "x-amz-client-context", client, "x-request-id", "r-1")
        .body();
    assertThat((List<?>) PlainJson.read(body))
        .hasToString("[solo-context, arn:aws:lambda:local:000000000000:function:solo-context, "
            + java.time.LocalDate.now(java.time.ZoneOffset.UTC)
            + "/[v1], " + ((List<?>) PlainJson.read(body)).get(3) + ", {custom={a=1}}, r-1]");
    assertThat((Long) ((List<?>) PlainJson.read(body)).get(3)).isBetween(25L, 30L);
    assertThat(invoke("context", "{}", "x-amz-client-context", "?").statusCode())
        .isEqualTo(400);
  }

  @Test
  void theTailOfTheLogIsSentToWhoAsks() throws Exception {
    HttpResponse<String> failed = invoke("fail", "{}", "x-amz-log-type", "Tail");
    String tail = new String(
        Base64.getDecoder()
            .decode(failed.headers().firstValue("x-amz-log-result").orElseThrow()),
        UTF_8);
    assertThat(tail).contains("START RequestId: ").contains("no tea").contains("Duration: ");
    assertThat(invoke("fail", "{}").headers().firstValue("x-amz-log-result")).isEmpty();
  }

  @Test
  void anEventThatFailsIsTriedTwiceMore() throws Exception {
    Path file = directory.resolve("tried");
    HttpResponse<String> event =
        invoke("third", '"' + file.toString() + '"', "x-amz-invocation-type", "Event");
    assertThat(event.statusCode()).isEqualTo(202);
    serving.close(); // waits for the event and what is to come of it
    assertThat(file).hasContent("xxx");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"httpMethod\":\"post\",\"path\":\"/a%20b\",\"headers\":{\"X-A\":\"1\"},"
            + "\"queryStringParameters\":{\"q\":\"ä&b\"},\"body\":\"eA==\","
            + "\"isBase64Encoded\":true}",
        "{\"version\":\"2.0\",\"rawPath\":\"/a%20b\",\"rawQueryString\":\"q=%C3%A4%26b\","
            + "\"headers\":{\"x-a\":\"1\"},\"requestContext\":{\"http\":{\"method\":\"POST\"}},"
            + "\"body\":\"x\"}"
      })
  void aGatewaysEventsReachAWebHandler(String event) throws Exception {
    Map<?, ?> answer = (Map<?, ?>) PlainJson.read(invoke("typed", event).body());
    assertThat(answer.get("statusCode")).isEqualTo(200L);
    assertThat(answer.get("body")).isEqualTo("POST /a b ä&b 1 x");
    assertThat(((Map<?, ?>) answer.get("multiValueHeaders")).get("set-cookie"))
        .isEqualTo(List.of("a=1"));
    Map<?, ?> ring =
        (Map<?, ?>) PlainJson.read(invoke("ring", "{\"path\":\"/\"}").body());
    assertThat(ring.get("isBase64Encoded")).isEqualTo(true);
    assertThat(ring.get("body")).isEqualTo("/wE=");
  }

  @Test
  void whatIsNoLambdaFailsTheDeployment() {
    assertThatThrownBy(() -> load("{:x {:fn fn.Fns/notOne}}"))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("takes (payload)");
    assertThatThrownBy(() -> load("{:x {:fn fn.Fns/map :integration :api-gateway/proxy}"
            + " :y {:fn fn.Fns/bytes :integration :api-gateway/proxy}}"))
        .hasMessageContaining("request map");
  }
}
