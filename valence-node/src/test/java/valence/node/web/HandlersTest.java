package valence.node.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.ion.AppInfo;
import valence.node.access.Access;
import valence.node.access.AuditLog;
import valence.node.access.Guard;
import valence.node.access.TestAccess;
import valence.node.app.Application;
import valence.node.app.Serving;
import valence.node.http.BodyBudget;
import valence.node.http.Door;
import valence.node.http.Watched;
import valence.node.telemetry.Exposition;
import valence.node.telemetry.Telemetry;
import valence.node.testing.Events;
import valence.node.testing.MemorySystem;
import valence.node.testing.Requests;
import valence.node.testing.TestJar;
import valence.wire.access.AccessKey;
import valence.wire.access.Signature;
import valence.wire.ion.IonConfig;

/// What handlers take and give: requests and maps, streams both ways, events.
final class HandlersTest {
  private static final String SOURCE = """
      package web;

      import static valence.api.Valence.kw;

      import clojure.lang.Keyword;
      import java.io.*;
      import java.nio.file.Path;
      import java.util.*;
      import valence.ion.*;

      public final class Handlers {
        public static HttpResponse typed(HttpRequest request) throws Exception {
          return switch (request.path()) {
            case "/sum" -> {
              long sum = 0;
              try (InputStream in = request.stream()) {
                byte[] chunk = new byte[8192];
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) sum += n;
              }
              yield HttpResponse.text(200, "" + sum);
            }
            case "/whole" -> HttpResponse.text(200, "" + request.body().length);
            case "/rows" -> HttpResponse.of(200, "text/plain", new HttpResponse.Written(out -> {
              for (int i = 0; i < 100_000; i++) out.write(("row " + i + "\\n").getBytes());
              out.write(AppInfo.current().revision().getBytes());
            }));
            case "/breaks" -> HttpResponse.of(200, "text/plain", new HttpResponse.Written(out -> {
              out.write(new byte[100_000]);
              throw new IllegalStateException("secret");
            }));
            case "/file" -> HttpResponse.of(200, "text/plain",
                new HttpResponse.FromFile(Path.of(request.parameter("path").orElseThrow())));
            case "/stream" -> HttpResponse.of(200, "text/plain",
                new HttpResponse.Streamed(new ByteArrayInputStream("streamed".getBytes())));
            case "/cookies" -> HttpResponse.text(200, request.cookies().toString())
                .withCookie("a", "1", "Path=/", "HttpOnly").withCookie("b", "2");
            case "/events" -> HttpResponse.events(events -> {
              String last = request.header("Last-Event-ID").orElse("nowhere");
              events.send("begun", "1", "from " + last);
              events.send("two\\nlines");
              new java.util.concurrent.CountDownLatch(1).await(); // until it is ended
            });
            case "/count" -> HttpResponse.events(events -> {
              for (int i = 0; i < 3; i++) events.send("n", "" + i, "" + i);
            });
            default -> HttpResponse.text(404, "nothing");
          };
        }

        public static Map<Keyword, Object> ring(Map<Keyword, Object> request) throws Exception {
          String body = new String(((InputStream) request.get(kw("body"))).readAllBytes());
          Map<Keyword, Object> seen = new TreeMap<>(request);
          seen.remove(kw("body"));
          Object answer = switch ((String) request.get(kw("uri"))) {
            case "/bytes" -> "bytes".getBytes();
            case "/file" -> new File(body);
            case "/parts" -> List.of("a", 1, "b");
            case "/stream" -> new ByteArrayInputStream(body.getBytes());
            case "/none" -> null;
            case "/wrong" -> new Object();
            default -> request.get(kw("request-method")) + " " + request.get(kw("query-string"))
                + " " + ((Map<?, ?>) request.get(kw("headers"))).get("x-a") + " "
                + request.get(kw("scheme")) + " " + request.get(kw("protocol")) + " " + body;
          };
          Map<Keyword, Object> response = new HashMap<>();
          response.put(kw("status"), 201L);
          response.put(kw("headers"), Map.of("X-B", "c", "Set-Cookie", List.of("a=1", "b=2")));
          response.put(kw("body"), answer);
          return response;
        }
      }
      """;

  @TempDir
  Path directory;

  private final Serving serving = new Serving(Duration.ofSeconds(5));
  private final WebRequests web = new WebRequests(serving);
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Door door;
  private Requests requests;

  @BeforeEach
  void open() throws IOException {
    door = Door.open(
        "http",
        "127.0.0.1",
        0,
        Duration.ofSeconds(5),
        new BodyBudget(64 << 20, BodyBudget.TIMEOUT_DEFAULT),
        web);
    requests = new Requests(door.port());
    deploy("v1", "typed");
  }

  @AfterEach
  void close() {
    http.close();
    requests.close();
    web.close();
    door.close();
    serving.close();
  }

  private void deploy(String revision, String function) throws IOException {
    Path jar = TestJar.compile(directory, "web-" + revision, Map.of("web.Handlers", SOURCE));
    serving.swap(Application.load(
        new AppInfo("web", "solo", revision),
        IonConfig.parse("{:app-name \"web\" :http-direct {:handler-fn web.Handlers/" + function
            + " :processing-concurrency 2 :pending-ops-queue-length 2}}"),
        List.of(jar),
        MemorySystem.open()));
  }

  private HttpResponse<String> put(String path, long bytes) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path))
            .PUT(HttpRequest.BodyPublishers.ofInputStream(() -> new Zeros(bytes)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /// So many bytes, none of them kept.
  private static final class Zeros extends InputStream {
    private long left;

    Zeros(long count) {
      left = count;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int count = (int) Math.min(length, left);
      left -= count;
      return count;
    }
  }

  @Test
  void aBodyOfAnyLengthIsReadAsItArrives() throws Exception {
    assertThat(put("/sum", 100L << 20).body()).isEqualTo(Long.toString(100L << 20));
    assertThat(put("/whole", 3 << 20).body()).isEqualTo(Integer.toString(3 << 20));
    assertThat(put("/whole", 17 << 20).statusCode()).isEqualTo(413);
    assertThat(requests.send("POST", "/sum", "12345").body()).isEqualTo("5");
    assertThat(requests.get("/whole").body()).isEqualTo("0");
  }

  @Test
  void anAnswerIsWrittenAsItIsMade() throws Exception {
    HttpResponse<String> rows = requests.get("/rows");
    assertThat(rows.body()).startsWith("row 0\nrow 1\n").endsWith("row 99999\nv1");
    assertThat(rows.headers().firstValue("x-request-id")).isPresent();
    assertThat(requests.get("/stream").body()).isEqualTo("streamed");
    Path file = Files.writeString(directory.resolve("file"), "of a file");
    HttpResponse<String> sent = requests.get("/file?path=" + file);
    assertThat(sent.body()).isEqualTo("of a file");
    assertThat(sent.headers().firstValue("content-length")).contains("9");
    assertThat(requests.send("HEAD", "/rows", "").statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> requests.get("/breaks")).isInstanceOf(IOException.class);
    assertThat(requests.get("/stream").body()).isEqualTo("streamed");
  }

  @Test
  void cookiesAndHeadersHaveAllTheirValues() throws Exception {
    HttpResponse<String> answer =
        requests.send("GET", "/cookies", "", "Cookie", "x=1; y=\"2\"; x=3");
    assertThat(answer.body()).isEqualTo("{x=1, y=2}");
    assertThat(answer.headers().allValues("set-cookie"))
        .containsExactly("a=1; Path=/; HttpOnly", "b=2");
  }

  @Test
  void eventsComeUntilTheRevisionIsReplacedAndTakeNoPlace() throws Exception {
    Events[] all = new Events[6]; // more than may be worked on or wait
    for (int i = 0; i < all.length; i++) {
      all[i] = Events.of(door.port(), "/events", "", "Last-Event-ID", "7");
      assertThat(all[i].next()).contains(new Events.Event("begun", "1", "from 7"));
      assertThat(all[i].next()).contains(new Events.Event("message", "", "two\nlines"));
    }
    assertThat(requests.get("/stream").body()).isEqualTo("streamed");
    all[0].close();
    deploy("v2", "typed");
    for (int i = 1; i < all.length; i++) {
      assertThat(all[i].next()).isEmpty();
      all[i].close();
    }
    try (Events counted = Events.of(door.port(), "/count", "")) {
      for (String n : List.of("0", "1", "2")) {
        assertThat(counted.next()).contains(new Events.Event("n", n, n));
      }
      assertThat(counted.next()).isEmpty();
    }
  }

  @Test
  void eventsEndWhenTheDoorCloses() throws Exception {
    try (Events events = Events.of(door.port(), "/events", "")) {
      events.next();
      events.next();
      web.close();
      assertThat(events.next()).isEmpty();
    }
  }

  private Events events(Door at, AccessKey key) throws Exception {
    return Events.of(at.port(), "/events", "", Signature.HEADER, signed(key, "/events"));
  }

  private static String signed(AccessKey key, String path) {
    return Signature.of(
            key, System.currentTimeMillis(), "GET", path, "", Signature.sha256(new byte[0]))
        .header();
  }

  @Test
  void eventsTakeNoneOfTheirReadersPlacesAndEndWithTheKey() throws Exception {
    Path access = directory.resolve("access");
    AccessKey ann = TestAccess.create(access, "ann", Map.of("running", 1L, "waiting", 0L), "call");
    Telemetry telemetry = Telemetry.quiet();
    try (AuditLog audit = new AuditLog(access, Clock.systemUTC())) {
      Guard guard = new Guard(new Access(access, Clock.systemUTC()), audit);
      try (Door secured = Door.open(
          "secured",
          "127.0.0.1",
          0,
          Duration.ofSeconds(5),
          new BodyBudget(64 << 20, BodyBudget.TIMEOUT_DEFAULT),
          new Watched(
              "secured",
              _ -> "handler",
              telemetry,
              exchange -> guard.web(exchange, WebRequests::refused, _ -> web.answer(exchange))))) {
        List<Events> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          Events events = events(secured, ann);
          assertThat(events.next().orElseThrow().data()).isEqualTo("from nowhere");
          all.add(events);
        }
        String metrics = Exposition.ofAccept("").print(telemetry.metrics().read());
        assertThat(metrics)
            .contains("valence_streams_in_flight{door=\"secured\"} 4")
            .contains("valence_requests_in_flight{door=\"secured\"} 0")
            .contains("valence_request_seconds_count{door=\"secured\",operation=\"handler\"} 4");
        try (Requests others = new Requests(secured.port())) {
          assertThat(others
                  .send("GET", "/stream", "", Signature.HEADER, signed(ann, "/stream"))
                  .body())
              .isEqualTo("streamed");
          HttpResponse<String> refused =
              others.send("GET", "/events", "", Signature.HEADER, signed(ann, "/events"));
          assertThat(refused.statusCode()).isEqualTo(429);
          assertThat(refused.body()).contains("reads 4 streams");
        }
        TestAccess.revoke(access, ann.id());
        for (Events each : all) {
          while (each.next().isPresent()) {
            assertThat(each.response().statusCode()).isEqualTo(200);
          }
          each.close();
        }
      }
    }
  }

  @Test
  void aHandlerMayTakeAndGiveTheMapsOfRing() throws Exception {
    deploy("v3", "ring");
    HttpResponse<String> answer = requests.send("POST", "/a?b=c", "body", "x-a", "1", "x-a", "2");
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo(":post b=c 1, 2 :http HTTP/1.1 body");
    assertThat(answer.headers().firstValue("x-b")).contains("c");
    assertThat(answer.headers().allValues("set-cookie")).containsExactly("a=1", "b=2");
    assertThat(requests.get("/bytes").body()).isEqualTo("bytes");
    assertThat(requests.get("/parts").body()).isEqualTo("a1b");
    assertThat(requests.get("/none").body()).isEmpty();
    assertThat(requests.send("POST", "/stream", "x").body()).isEqualTo("x");
    Path file = Files.writeString(directory.resolve("file"), "of a file");
    assertThat(requests.send("POST", "/file", file.toString()).body()).isEqualTo("of a file");
    assertThat(requests.get("/wrong").statusCode()).isEqualTo(500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a;b", "a\"b", "ä"})
  void aCookieThatCantBeIsRefused(String value) {
    assertThatThrownBy(() -> valence.ion.HttpResponse.text(200, "").withCookie("a", value))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
