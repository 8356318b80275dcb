package valence.node.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LogType;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;
import valence.node.app.Serving;
import valence.node.http.BodyBudget;
import valence.node.http.Door;
import valence.node.testing.MemorySystem;
import valence.node.testing.Requests;
import valence.node.testing.TestApplication;
import valence.wire.json.PlainJson;

final class InvocationsTest {
  private static final String PATH = "/2015-03-31/functions/";

  @TempDir
  Path directory;

  private final Serving serving = new Serving(Duration.ofSeconds(5));
  private Door door;
  private Requests requests;

  @BeforeEach
  void open() throws IOException {
    serving.swap(
        TestApplication.load(directory, "v1", TestApplication.config(), MemorySystem.open()));
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

  private HttpResponse<String> invoke(String function, String payload, String... headers)
      throws Exception {
    return requests.send("POST", PATH + function + "/invocations", payload, headers);
  }

  @Test
  void aFunctionIsCalledWithItsPayload() throws Exception {
    HttpResponse<String> answer = invoke("solo-echo", "{\"a\":1}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo("{\"payload\":{\"a\":1},\"version\":\"v1\",\"function\":\"solo-echo\"}");
    assertThat(answer.headers().firstValue("x-amzn-requestid")).isPresent();
    assertThat(answer.headers().firstValue("x-amz-executed-version")).contains("$LATEST");
    assertThat(answer.headers().firstValue("x-amz-function-error")).isEmpty();
  }

  @Test
  void dataIsAnsweredAsJson() throws Exception {
    assertThat(invoke("solo-data", "").body()).isEqualTo("{\"list\":[1,2.5,\"a\\\"b\\n\",true]}");
  }

  @Test
  void aFunctionIsNamedInEachWayThatAwsKnows() throws Exception {
    for (String name : new String[] {
      "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Asolo-echo",
      "123456789012:function:solo-echo",
      "solo-echo:$LATEST",
      "solo-echo:v1"
    }) {
      assertThat(invoke(name, "1").statusCode()).as(name).isEqualTo(200);
    }
    assertThat(invoke("solo-echo:v2", "1").statusCode()).isEqualTo(404);
    assertThat(requests
            .send("POST", PATH + "solo-echo/invocations?Qualifier=v1", "1")
            .statusCode())
        .isEqualTo(200);
    assertThat(requests
            .send("POST", PATH + "solo-echo/invocations?Qualifier=v2", "1")
            .statusCode())
        .isEqualTo(404);
  }

  @Test
  void anUnknownFunctionIsRefusedAsAwsDoes() throws Exception {
    HttpResponse<String> answer = invoke("solo-nothing", "{}");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("x-amzn-errortype"))
        .contains("ResourceNotFoundException");
    assertThat(answer.body())
        .isEqualTo("{\"Type\":\"User\",\"Message\":\"Function not found: solo-nothing\"}");
  }

  @Test
  void aFailureIsInTheHeaderAndTheBody() throws Exception {
    HttpResponse<String> answer = invoke("solo-fail", "{}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-amz-function-error")).contains("Unhandled");
    assertThat(answer.body())
        .startsWith("{\"errorMessage\":\"no such item\","
            + "\"errorType\":\"java.lang.IllegalArgumentException\",\"stackTrace\":[\"");
    assertThat(PlainJson.isJson(answer.body(), PlainJson.LEVELS_MAX)).isTrue();
  }

  @Test
  void limitsAreLambdas() throws Exception {
    assertThat(invoke("solo-echo", "not json").statusCode()).isEqualTo(400);
    HttpResponse<String> tooLong = invoke("solo-echo", '"' + "x".repeat(7_000_000) + '"');
    assertThat(tooLong.statusCode()).isEqualTo(413);
    assertThat(tooLong.headers().firstValue("x-amzn-errortype"))
        .contains("RequestTooLargeException");
    assertThat(invoke("solo-large", "{}").body()).contains("Function.ResponseSizeTooLarge");
    assertThat(invoke("solo-echo", '"' + "x".repeat(6_000_000) + '"').statusCode())
        .isEqualTo(200);
  }

  @Test
  void aCallPastItsTimeIsGivenUpAndOneTooManyRefused() throws Exception {
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> slow = tasks.submit(() -> invoke("solo-slow", "{}"));
      HttpResponse<String> second = invoke("solo-slow", "{}");
      HttpResponse<String> first = slow.get();
      HttpResponse<String> refused = first.statusCode() == 429 ? first : second;
      HttpResponse<String> timedOut = first.statusCode() == 429 ? second : first;
      assertThat(timedOut.headers().firstValue("x-amz-function-error")).contains("Unhandled");
      assertThat(timedOut.body()).contains("Task timed out after 1 seconds");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("x-amzn-errortype"))
          .contains("TooManyRequestsException");
    }
  }

  @Test
  void eventsRunLaterAndDryRunsNever() throws Exception {
    Path noted = directory.resolve("noted");
    HttpResponse<String> dry =
        invoke("solo-note", '"' + noted.toString() + '"', "x-amz-invocation-type", "DryRun");
    assertThat(dry.statusCode()).isEqualTo(204);
    HttpResponse<String> event =
        invoke("solo-note", '"' + noted.toString() + '"', "x-amz-invocation-type", "Event");
    assertThat(event.statusCode()).isEqualTo(202);
    serving.close(); // waits for the event
    assertThat(noted).hasContent("noted");
  }

  @Test
  void theOfficialSdkCallsFunctions() {
    try (var lambda = LambdaClient.builder()
        .endpointOverride(URI.create("http://127.0.0.1:" + door.port()))
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .httpClient(UrlConnectionHttpClient.create())
        .overrideConfiguration(c -> c.retryStrategy(r -> r.maxAttempts(1)))
        .build()) {
      InvokeResponse answer = lambda.invoke(r -> r.functionName("solo-echo")
          .payload(SdkBytes.fromUtf8String("[1]"))
          .logType(LogType.TAIL));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.functionError()).isNull();
      assertThat(answer.executedVersion()).isEqualTo("$LATEST");
      assertThat(answer.payload().asUtf8String()).contains("\"payload\":[1]");
      assertThat(answer.responseMetadata().requestId()).isNotEqualTo("UNKNOWN");

      InvokeResponse failed = lambda.invoke(r -> r.functionName("solo-fail"));
      assertThat(failed.functionError()).isEqualTo("Unhandled");
      assertThat(failed.payload().asUtf8String()).contains("no such item");

      assertThat(lambda
              .invoke(r -> r.functionName("solo-echo").invocationType(InvocationType.EVENT))
              .statusCode())
          .isEqualTo(202);
      assertThatThrownBy(() -> lambda.invoke(r -> r.functionName("solo-nothing")))
          .isInstanceOf(ResourceNotFoundException.class)
          .hasMessageContaining("Function not found: solo-nothing");
      try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<InvokeResponse> one =
            tasks.submit(() -> lambda.invoke(r -> r.functionName("solo-slow")));
        Future<InvokeResponse> two =
            tasks.submit(() -> lambda.invoke(r -> r.functionName("solo-slow")));
        assertThatThrownBy(() -> {
              one.get();
              two.get();
            })
            .hasCauseInstanceOf(TooManyRequestsException.class);
      }
    }
  }

  @Test
  void theStockAwsCommandLineCallsFunctions() throws Exception {
    assumeTrue(present("aws"), "the aws command line isn't on the PATH");
    Path out = directory.resolve("out.json");
    String printed = aws("solo-echo", "{\"a\": 1}", out);
    assertThat(printed).contains("\"StatusCode\": 200").doesNotContain("FunctionError");
    assertThat(out).content().contains("\"payload\":{\"a\": 1}");
    assertThat(aws("solo-fail", "{}", out)).contains("\"FunctionError\": \"Unhandled\"");
    assertThat(out).content().contains("no such item");
    assertThat(aws("solo-nothing", "{}", out)).contains("ResourceNotFoundException");
  }

  private String aws(String function, String payload, Path out) throws Exception {
    Path payloadFile = Files.writeString(directory.resolve("payload.json"), payload);
    var command = new ProcessBuilder(
            "aws",
            "lambda",
            "invoke",
            "--endpoint-url",
            "http://127.0.0.1:" + door.port(),
            "--region",
            "us-east-1",
            "--function-name",
            function,
            "--payload",
            "fileb://" + payloadFile,
            out.toString())
        .redirectErrorStream(true);
    command
        .environment()
        .putAll(Map.of("AWS_ACCESS_KEY_ID", "test", "AWS_SECRET_ACCESS_KEY", "test"));
    Process process = command.start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return printed;
  }

  private static boolean present(String command) {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
      if (Files.isExecutable(Path.of(directory, command))) {
        return true;
      }
    }
    return false;
  }
}
