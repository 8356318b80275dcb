package valence.node.source.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

/// Both forms of SQS's protocol, sent anything at all.
final class SqsFuzzTest {
  private static final String QUEUE = "http://127.0.0.1/000000000000/orders";

  @Test
  void forms() {
    new Fuzz("sqs-form", 2_000)
        .run(
            List.of("Action=SendMessageBatch&QueueUrl=http%3A%2F%2Fx%2F000000000000%2Forders"
                + "&SendMessageBatchRequestEntry.1.Id=a"
                + "&SendMessageBatchRequestEntry.1.MessageBody=b+c%20d"
                + "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n"
                + "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType=String"
                + "&AttributeName.1=All&Attribute.1.Name=x&Attribute.1.Value=1"),
            input -> {
              try {
                QueryForm.answer(
                    "X", QueryForm.input(QueryForm.fields(new String(input, UTF_8))), "1");
              } catch (Refused e) {
                QueryForm.refusal(e, "1");
              }
            });
  }

  @Test
  void attributesOfQueuesAndMessages() {
    new Fuzz("sqs-attributes", 2_000)
        .run(
            List.of(
                "{\"VisibilityTimeout\":\"30\",\"DelaySeconds\":\"0\",\"RedrivePolicy\":"
                    + "\"{\\\"deadLetterTargetArn\\\":\\\"arn:aws:sqs:us-east-1:000000000000:d\\\""
                    + ",\\\"maxReceiveCount\\\":3}\"}",
                "{\"n\":{\"DataType\":\"Binary\",\"BinaryValue\":\"AAEC\"},"
                    + "\"m\":{\"DataType\":\"Number.int\",\"StringValue\":\"5\"}}"),
            input -> {
              String text = new String(input, UTF_8);
              try {
                Map<String, MessageAttribute> read = MessageAttribute.read(PlainJson.read(text));
                String stored = MessageAttribute.stored(read);
                assertThat(MessageAttribute.ofStored(stored)).isEqualTo(read);
              } catch (Refused e) {
                assertThat(e.status()).isEqualTo(400);
              }
            });
  }

  @Test
  void requests() throws Exception {
    Client client = MemorySystem.open();
    try (client;
        Door door = Door.open(
            "api",
            "127.0.0.1",
            0,
            Duration.ofSeconds(5),
            new BodyBudget(64 << 20, BodyBudget.TIMEOUT_DEFAULT),
            new SqsRequests(Queues.open(QueueFacts.open(client), Clock.systemUTC())));
        Requests requests = new Requests(door.port())) {
      json(requests, "CreateQueue\n{\"QueueName\":\"orders\"}");
      String queue = "{\"QueueUrl\":\"" + QUEUE + "\",";
      new Fuzz("sqs-request", 300)
          .run(
              List.of(
                  "SendMessage\n" + queue + "\"MessageBody\":\"hello\",\"DelaySeconds\":5,"
                      + "\"MessageAttributes\":{\"kind\":{\"DataType\":\"String\","
                      + "\"StringValue\":\"x\"}}}",
                  "SendMessageBatch\n" + queue
                      + "\"Entries\":[{\"Id\":\"a\",\"MessageBody\":\"b\"}]}",
                  "ReceiveMessage\n" + queue + "\"MaxNumberOfMessages\":10}",
                  "DeleteMessage\n" + queue + "\"ReceiptHandle\":\"AAAA\"}",
                  "ChangeMessageVisibilityBatch\n" + queue
                      + "\"Entries\":[{\"Id\":\"a\",\"ReceiptHandle\":\"AAAA\","
                      + "\"VisibilityTimeout\":1}]}",
                  "SetQueueAttributes\n" + queue + "\"Attributes\":{\"VisibilityTimeout\":\"30\"}}",
                  "GetQueueAttributes\n" + queue + "\"AttributeNames\":[\"All\"]}",
                  "ListQueues\n{\"QueueNamePrefix\":\"o\",\"MaxResults\":5}"),
              input -> {
                String answer = json(requests, new String(input, UTF_8));
                assertThat(PlainJson.isJson(answer, PlainJson.LEVELS_MAX))
                    .as(answer)
                    .isTrue();
              });
      json(requests, "PurgeQueue\n{\"QueueUrl\":\"" + QUEUE + "\"}");
    }
  }

  /// Of the first line the action, of the rest the body; waits for messages are left out.
  private static String json(Requests requests, String input) throws Exception {
    int end = input.indexOf('\n');
    String letters = input.substring(0, Math.max(0, end)).replaceAll("[^A-Za-z]", "");
    String action = letters.substring(0, Math.min(letters.length(), 64));
    String body = input.substring(end + 1).replace("WaitTimeSeconds", "");
    HttpResponse<String> answer = requests.send(
        "POST",
        "/",
        body,
        "content-type",
        "application/x-amz-json-1.0",
        "x-amz-target",
        "AmazonSQS." + action);
    assertThat(answer.statusCode()).as(answer.body()).isLessThan(500);
    return answer.body();
  }
}
