package valence.node.source.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import valence.api.Client;
import valence.node.http.BodyBudget;
import valence.node.http.Door;
import valence.node.source.queue.QueueFacts;
import valence.node.source.queue.Queues;
import valence.node.testing.MemorySystem;
import valence.node.testing.Requests;
import valence.testing.Fuzz;
import valence.wire.json.PlainJson;

final class SqsRequestsTest {
  private final Client client = MemorySystem.open();
  private Door door;
  private Requests requests;

  @BeforeEach
  void open() {
    door = Door.open(
        "api",
        "127.0.0.1",
        0,
        Duration.ofSeconds(5),
        new BodyBudget(64 << 20, BodyBudget.TIMEOUT_DEFAULT),
        new SqsRequests(Queues.open(QueueFacts.open(client), Clock.systemUTC())));
    requests = new Requests(door.port());
  }

  @AfterEach
  void close() {
    requests.close();
    door.close();
    client.close();
  }

  private Map<?, ?> call(String action, String body) throws Exception {
    HttpResponse<String> answer = requests.send(
        "POST",
        "/",
        body,
        "content-type",
        "application/x-amz-json-1.0",
        "x-amz-target",
        "AmazonSQS." + action);
    return (Map<?, ?>) PlainJson.read(answer.body());
  }

  private String form(String path, String body) throws Exception {
    return requests
        .send("POST", path, body, "content-type", "application/x-www-form-urlencoded")
        .body();
  }

  private static String of(String xml, String element) {
    Matcher found =
        Pattern.compile("<" + element + ">([^<]*)</" + element + ">").matcher(xml);
    return found.find() ? found.group(1) : "";
  }

  @Test
  void theJsonFormSendsReceivesAndDeletes() throws Exception {
    Object url = call("CreateQueue", "{\"QueueName\":\"orders\"}").get("QueueUrl");
    assertThat(url).isEqualTo("http://127.0.0.1:" + door.port() + "/000000000000/orders");
    String queue = "\"QueueUrl\":\"" + url + "\"";
    Map<?, ?> sent = call(
        "SendMessage",
        "{" + queue + ",\"MessageBody\":\"hello\",\"MessageAttributes\":{\"kind\":{"
            + "\"DataType\":\"String\",\"StringValue\":\"x\"}}}");
    assertThat(sent.get("MD5OfMessageBody")).isEqualTo("5d41402abc4b2a76b9719d911017c592");
    Map<?, ?> got = call(
        "ReceiveMessage",
        "{" + queue + ",\"WaitTimeSeconds\":1,\"MessageAttributeNames\":[\"All\"],"
            + "\"AttributeNames\":[\"All\"]}");
    Map<?, ?> message = (Map<?, ?>) ((List<?>) got.get("Messages")).getFirst();
    assertThat(message.get("Body")).isEqualTo("hello");
    assertThat(message.get("MD5OfMessageAttributes")).isEqualTo(sent.get("MD5OfMessageAttributes"));
    assertThat(((Map<?, ?>) message.get("Attributes")).get("ApproximateReceiveCount"))
        .isEqualTo("1");
    Map<?, ?> batch = call(
        "DeleteMessageBatch",
        "{" + queue + ",\"Entries\":[{\"Id\":\"a\",\"ReceiptHandle\":\""
            + message.get("ReceiptHandle") + "\"},{\"Id\":\"b\",\"ReceiptHandle\":\"no\"}]}");
    assertThat(batch.get("Successful")).isEqualTo(List.of(Map.of("Id", "a")));
    assertThat(batch.get("Failed").toString()).contains("ReceiptHandleIsInvalid");
    assertThat(
            ((Map<?, ?>) call("GetQueueAttributes", "{" + queue + ",\"AttributeNames\":[\"All\"]}")
                    .get("Attributes"))
                .get("ApproximateNumberOfMessages"))
        .isEqualTo("0");
  }

  @Test
  void mistakesAreSaidAsAwsDoes() throws Exception {
    assertThat(call("CreateQueue", "{\"QueueName\":\"a.fifo\"}").get("__type"))
        .isEqualTo("com.amazonaws.sqs#InvalidParameterValue");
    assertThat(call("CreateQueue", "{\"QueueName\":\"a b\"}").get("__type"))
        .isEqualTo("com.amazonaws.sqs#InvalidParameterValue");
    assertThat(call("GetQueueUrl", "{\"QueueName\":\"none\"}").get("__type"))
        .isEqualTo("com.amazonaws.sqs#QueueDoesNotExist");
    assertThat(call("Fly", "{}").get("__type")).isEqualTo("com.amazonaws.sqs#InvalidAction");
    assertThat(call("GetQueueUrl", "{").get("__type"))
        .isEqualTo("com.amazonaws.sqs#InvalidParameterValue");
    call("CreateQueue", "{\"QueueName\":\"q\"}");
    assertThat(call("CreateQueue", "{\"QueueName\":\"q\",\"Attributes\":{\"DelaySeconds\":\"9\"}}")
            .get("__type"))
        .isEqualTo("com.amazonaws.sqs#QueueNameExists");
    assertThat(call(
                "SetQueueAttributes",
                "{\"QueueUrl\":\"q\",\"Attributes\":{\"RedrivePolicy\":"
                    + "\"{\\\"deadLetterTargetArn\\\":\\\"arn:aws:sqs:x:000000000000:none\\\","
                    + "\\\"maxReceiveCount\\\":3}\"}}")
            .get("message"))
        .asString()
        .contains("There is no queue none");
    assertThat(form("/", "Action=GetQueueUrl&QueueName=none"))
        .contains("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>");
  }

  @Test
  void theOlderFormSendsReceivesAndDeletes() throws Exception {
    String made = form(
        "/",
        "Action=CreateQueue&QueueName=old&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=5"
            + "&Version=2012-11-05");
    assertThat(of(made, "QueueUrl")).endsWith("/000000000000/old");
    String path = "/000000000000/old";
    String sent = form(
        path,
        "Action=SendMessageBatch&SendMessageBatchRequestEntry.1.Id=a"
            + "&SendMessageBatchRequestEntry.1.MessageBody=a%3Cb+%26c"
            + "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n"
            + "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType=Number"
            + "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue=7");
    assertThat(of(sent, "MD5OfMessageBody")).hasSize(32);
    String got = form(
        path,
        "Action=ReceiveMessage&AttributeName.1=All&MessageAttributeName.1=All"
            + "&MaxNumberOfMessages=10");
    assertThat(got)
        .contains("<Body>a&lt;b &amp;c</Body>")
        .contains("<MessageAttribute><Name>n</Name><Value><StringValue>7</StringValue>"
            + "<DataType>Number</DataType></Value></MessageAttribute>")
        .contains("<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>");
    String handle = of(got, "ReceiptHandle");
    assertThat(form(
            path, "Action=ChangeMessageVisibility&VisibilityTimeout=0&ReceiptHandle=" + handle))
        .contains("ChangeMessageVisibilityResponse");
    String again = form(path, "Action=ReceiveMessage");
    assertThat(form(path, "Action=DeleteMessage&ReceiptHandle=" + of(again, "ReceiptHandle")))
        .contains("DeleteMessageResponse");
    assertThat(form(path, "Action=GetQueueAttributes&AttributeName.1=All"))
        .contains("<Name>VisibilityTimeout</Name><Value>5</Value>")
        .contains("<Name>ApproximateNumberOfMessagesNotVisible</Name><Value>0</Value>");
  }

  @Test
  void theStockAwsCommandLineUsesQueues() throws Exception {
    assumeTrue(present("aws"), "the aws command line isn't on the PATH");
    aws("create-queue", "--queue-name", "dead");
    String arn = "arn:aws:sqs:us-east-1:000000000000:dead";
    String url = string(
        aws(
            "create-queue",
            "--queue-name",
            "orders",
            "--attributes",
            "{\"RedrivePolicy\":\"{\\\"deadLetterTargetArn\\\":\\\"" + arn
                + "\\\",\\\"maxReceiveCount\\\":\\\"1\\\"}\",\"VisibilityTimeout\":\"0\"}"),
        "QueueUrl");
    assertThat(aws("list-queues")).contains("/orders").contains("/dead");
    aws(
        "send-message",
        "--queue-url",
        url,
        "--message-body",
        "{\"sku\": \"tea-01\"}",
        "--message-attributes",
        "kind={DataType=String,StringValue=new},raw={DataType=Binary,BinaryValue=aGk=}");
    String got = aws(
        "receive-message",
        "--queue-url",
        url,
        "--message-attribute-names",
        "All",
        "--attribute-names",
        "All",
        "--wait-time-seconds",
        "2");
    assertThat(got).contains("tea-01").contains("\"StringValue\": \"new\"").contains("YUdrPQ==");
    assertThat(aws("receive-message", "--queue-url", url)).doesNotContain("tea-01");
    String dead = url.replace("orders", "dead");
    String moved = aws("receive-message", "--queue-url", dead);
    assertThat(moved).contains("tea-01");
    aws("delete-message", "--queue-url", dead, "--receipt-handle", string(moved, "ReceiptHandle"));
    assertThat(aws("get-queue-attributes", "--queue-url", dead, "--attribute-names", "All"))
        .contains("\"ApproximateNumberOfMessages\": \"0\"")
        .contains("\"QueueArn\": \"" + arn + "\"");
    assertThat(aws("get-queue-url", "--queue-name", "none"))
        .contains("The specified queue does not exist");
    aws("delete-queue", "--queue-url", url);
    assertThat(aws("list-queues")).doesNotContain("/orders");
  }

  @Test
  void queuesThatKeepAnOrderSayAllThatSqsDoes() throws Exception {
    Object url = call(
            "CreateQueue",
            "{\"QueueName\":\"o.fifo\",\"Attributes\":{\"FifoQueue\":\"true\","
                + "\"ContentBasedDeduplication\":\"true\"}}")
        .get("QueueUrl");
    String queue = "\"QueueUrl\":\"" + url + "\"";
    String message = "{" + queue + ",\"MessageBody\":\"a\",\"MessageGroupId\":\"g\"}";
    Map<?, ?> first = call("SendMessage", message);
    assertThat(first.get("SequenceNumber").toString()).hasSize(20);
    assertThat(call("SendMessage", message)).isEqualTo(first);
    Map<?, ?> batch = call(
        "SendMessageBatch",
        "{" + queue + ",\"Entries\":[{\"Id\":\"1\",\"MessageBody\":\"b\",\"MessageGroupId\":\"g\","
            + "\"MessageDeduplicationId\":\"x\"},{\"Id\":\"2\",\"MessageBody\":\"c\"}]}");
    assertThat(batch.get("Failed").toString()).contains("MissingParameter", "MessageGroupId");
    Map<?, ?> got = call(
        "ReceiveMessage",
        "{" + queue + ",\"MaxNumberOfMessages\":10,\"AttributeNames\":[\"All\"]}");
    assertThat((List<?>) got.get("Messages"))
        .extracting(each -> ((Map<?, ?>) each).get("Body"))
        .isEqualTo(List.of("a", "b"));
    Map<?, ?> told =
        (Map<?, ?>) ((Map<?, ?>) ((List<?>) got.get("Messages")).get(1)).get("Attributes");
    assertThat(told.get("MessageGroupId")).isEqualTo("g");
    assertThat(told.get("MessageDeduplicationId")).isEqualTo("x");
    assertThat(told.get("SequenceNumber").toString())
        .isGreaterThan(first.get("SequenceNumber").toString());
    assertThat(call(
                "SendMessage",
                "{" + queue + ",\"MessageBody\":\"a\",\"MessageGroupId\":\"g\",\"DelaySeconds\":5}")
            .get("__type"))
        .isEqualTo("com.amazonaws.sqs#InvalidParameterValue");
    assertThat(call(
            "SetQueueAttributes",
            "{" + queue + ",\"Attributes\":{\"ContentBasedDeduplication\":\"false\"}}"))
        .isEmpty();
    assertThat(call("SendMessage", message).get("message"))
        .asString()
        .contains("ContentBasedDeduplication");
    assertThat(call(
                "CreateQueue",
                "{\"QueueName\":\"s\",\"Attributes\":{\"ContentBasedDeduplication\":\"true\"}}")
            .get("__type"))
        .isEqualTo("com.amazonaws.sqs#InvalidAttributeName");
  }

  @Test
  void theStockAwsCommandLineKeepsAnOrder() throws Exception {
    assumeTrue(present("aws"), "the aws command line isn't on the PATH");
    String url = string(
        aws("create-queue", "--queue-name", "o.fifo", "--attributes", "FifoQueue=true"),
        "QueueUrl");
    for (String body : List.of("one", "two", "one")) {
      assertThat(aws(
              "send-message",
              "--queue-url",
              url,
              "--message-body",
              body,
              "--message-group-id",
              "g",
              "--message-deduplication-id",
              body))
          .contains("SequenceNumber", "MD5OfMessageBody");
    }
    String first = aws("receive-message", "--queue-url", url, "--attribute-names", "All");
    assertThat(first).contains("\"Body\": \"one\"", "\"MessageGroupId\": \"g\"");
    assertThat(aws("receive-message", "--queue-url", url)).doesNotContain("two");
    aws("delete-message", "--queue-url", url, "--receipt-handle", string(first, "ReceiptHandle"));
    assertThat(aws("receive-message", "--queue-url", url)).contains("\"Body\": \"two\"");
    assertThat(aws("get-queue-attributes", "--queue-url", url, "--attribute-names", "All"))
        .contains("\"FifoQueue\": \"true\"", "\"ApproximateNumberOfMessages\": \"0\"");
  }

  @Test
  void whateverIsSentIsAnsweredOrRefused() {
    new Fuzz("sqs form", 2_000)
        .run(
            List.of(
                "Action=SendMessageBatch&SendMessageBatchRequestEntry.1.Id=a"
                    + "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n",
                "Action=CreateQueue&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=5"),
            bytes -> {
              try {
                Input input =
                    new Input(QueryForm.input(QueryForm.fields(new String(bytes, UTF_8))));
                MessageAttribute.read(input.value("MessageAttributes"));
                QueueAttributes.changed(
                    valence.node.source.queue.QueueSettings.DEFAULT, input.map("Attributes"));
              } catch (Refused e) {
                assertThat(e.status()).isBetween(400, 599);
              }
            });
  }

  private static String string(String json, String key) {
    Matcher found = Pattern.compile("\"" + key + "\": \"([^\"]*)\"").matcher(json);
    assertThat(found.find()).as(json).isTrue();
    return found.group(1);
  }

  private String aws(String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of("aws", "sqs", words[0]));
    all.addAll(
        List.of("--endpoint-url", "http://127.0.0.1:" + door.port(), "--region", "us-east-1"));
    all.addAll(List.of(words).subList(1, words.length));
    var command = new ProcessBuilder(all).redirectErrorStream(true);
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
