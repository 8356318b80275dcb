package valence.node.source.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import valence.api.AnomalyException;
import valence.node.source.queue.Draft;
import valence.node.source.queue.Message;
import valence.node.source.queue.Queue;
import valence.node.source.queue.QueueSettings;
import valence.node.source.queue.Queues;
import valence.node.source.queue.Sent;
import valence.wire.ion.Origin;

/// The actions of SQS, on data in its JSON form.
final class Actions {
  private static final int BATCH_MAX = 10;
  private static final int BATCH_BYTES_MAX = 1 << 20;
  private static final int LISTED_MAX = 1_000;

  /// Of a group's and a deduplication's id.
  private static final Pattern PLACE = Pattern.compile("[\\x21-\\x7E]{1,128}");

  private final Queues queues;

  Actions(Queues queues) {
    this.queues = queues;
  }

  /// What an action answers.
  Map<String, Object> answer(Call call) throws Refused, InterruptedException {
    Input input = call.input();
    return switch (call.action()) {
      case "CreateQueue" -> create(call, input);
      case "GetQueueUrl" -> {
        String name = name(input);
        if (queues.find(name).isEmpty()) {
          throw Refused.noQueue();
        }
        yield Map.of("QueueUrl", call.url(name));
      }
      case "ListQueues" -> list(call, input);
      case "ListDeadLetterSourceQueues" -> {
        String name = queue(call, input).name();
        yield Map.of(
            "queueUrls",
            queues.all().stream()
                .filter(each -> each.settings().deadLetters().equals(name))
                .map(each -> call.url(each.name()))
                .toList());
      }
      case "DeleteQueue" -> {
        queues.delete(queue(call, input).name());
        yield Map.of();
      }
      case "PurgeQueue" -> {
        queue(call, input).purge();
        yield Map.of();
      }
      case "GetQueueAttributes" -> {
        Map<String, Object> told =
            QueueAttributes.told(queue(call, input), call.region(), input.texts("AttributeNames"));
        yield told.isEmpty() ? Map.of() : Map.of("Attributes", told);
      }
      case "SetQueueAttributes" -> {
        Queue queue = queue(call, input);
        queue.set(checked(QueueAttributes.changed(queue.settings(), input.map("Attributes"))));
        yield Map.of();
      }
      case "SendMessage" -> send(queue(call, input), input);
      case "SendMessageBatch" -> sendBatch(queue(call, input), input);
      case "ReceiveMessage" -> receive(queue(call, input), input);
      case "DeleteMessage" -> {
        queue(call, input).delete(List.of(input.required("ReceiptHandle")));
        yield Map.of();
      }
      case "DeleteMessageBatch" -> deleteBatch(queue(call, input), input);
      case "ChangeMessageVisibility" -> {
        change(queue(call, input), input);
        yield Map.of();
      }
      case "ChangeMessageVisibilityBatch" -> changeBatch(queue(call, input), input);
      case "ListQueueTags" -> {
        queue(call, input);
        yield Map.of();
      }
      default -> throw Refused.unknownAction(call.action());
    };
  }

  private static String name(Input input) throws Refused {
    String name = input.required("QueueName");
    if (!Origin.Queue.NAME.matcher(name).matches()) {
      throw Refused.invalid(
          "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length,"
              + " with .fifo at the end for a FIFO queue");
    }
    return name;
  }

  private Queue queue(Call call, Input input) throws Refused {
    String url = input.text("QueueUrl").orElse(call.path());
    String name = url.substring(url.lastIndexOf('/') + 1);
    if (!Origin.Queue.NAME.matcher(name).matches()) { // those of sources are no one else's
      throw Refused.noQueue();
    }
    return queues.find(name).orElseThrow(Refused::noQueue);
  }

  private QueueSettings checked(QueueSettings settings) throws Refused {
    if (settings.receivedMax() > 0) {
      Queue dead = queues.find(settings.deadLetters()).orElse(null);
      if (dead == null) {
        throw Refused.attributeValue(
            "There is no queue " + settings.deadLetters() + " for dead letters.");
      }
      if (dead.settings().keepsOrder() != settings.keepsOrder()) {
        throw Refused.attributeValue(
            "The dead letters of a FIFO queue go to a FIFO queue, and those of others to others.");
      }
    }
    return settings;
  }

  private Map<String, Object> create(Call call, Input input) throws Refused {
    String name = name(input);
    QueueSettings wanted = checked(QueueAttributes.made(name, input.map("Attributes")));
    Queue queue = queues.open(name, wanted);
    if (!QueueAttributes.changed(queue.settings(), input.map("Attributes"))
        .equals(queue.settings())) {
      throw Refused.queueExists(
          "A queue already exists with the same name and a different value for an attribute.");
    }
    return Map.of("QueueUrl", call.url(name));
  }

  private Map<String, Object> list(Call call, Input input) throws Refused {
    String prefix = input.text("QueueNamePrefix").orElse("");
    int max = input.number("MaxResults", 1, LISTED_MAX).orElse(LISTED_MAX);
    String after = input.text("NextToken").orElse("");
    List<String> names = queues.all().stream()
        .map(Queue::name)
        .filter(name -> Origin.Queue.NAME.matcher(name).matches())
        .filter(name -> name.startsWith(prefix) && name.compareTo(after) > 0)
        .toList();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("QueueUrls", names.stream().limit(max).map(call::url).toList());
    if (names.size() > max) {
      answer.put("NextToken", names.get(max - 1));
    }
    return answer;
  }

  /// A message that was checked.
  private record Checked(Draft draft, Map<String, MessageAttribute> attributes, int bytes) {
    Map<String, Object> answer(Sent sent) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("MessageId", sent.id().toString());
      if (!draft.place().equals(Draft.Place.NONE)) {
        answer.put("SequenceNumber", told(sent.sequence()));
      }
      answer.put("MD5OfMessageBody", Digests.ofBody(draft.body()));
      if (!attributes.isEmpty()) {
        answer.put("MD5OfMessageAttributes", Digests.ofAttributes(attributes));
      }
      return answer;
    }
  }

  private static Checked draft(Queue queue, Input input) throws Refused {
    String body = input.required("MessageBody");
    if (body.isEmpty()) {
      throw Refused.missing("MessageBody");
    }
    boolean isText = body.codePoints()
        .allMatch(c -> c >= 0x20 && c <= 0xD7FF
            || c == 9
            || c == 10
            || c == 13
            || c >= 0xE000 && c <= 0xFFFD
            || c >= 0x10000);
    if (!isText) {
      throw Refused.contents("The message contains characters outside of the allowed set.");
    }
    Map<String, MessageAttribute> attributes =
        MessageAttribute.read(input.value("MessageAttributes"));
    int bytes = body.getBytes(UTF_8).length;
    for (Map.Entry<String, MessageAttribute> each : attributes.entrySet()) {
      bytes += each.getKey().length() + each.getValue().bytes();
    }
    QueueSettings settings = queue.settings();
    if (bytes > settings.bodyBytesMax()) {
      throw Refused.invalid(
          "One or more parameters are invalid. Reason: Message must be shorter than "
              + settings.bodyBytesMax() + " bytes.");
    }
    Draft.Place place = place(settings, input, body);
    OptionalInt asked = input.number("DelaySeconds", 0, QueueSettings.DELAY_SECS_MAX);
    if (settings.keepsOrder() && asked.orElse(0) > 0) {
      throw Refused.invalid(
          "Value " + asked.getAsInt() + " for parameter DelaySeconds is invalid. Reason: The"
              + " request include parameter that is not valid for this queue type.");
    }
    int delay = asked.orElse(settings.delaySecs());
    return new Checked(
        new Draft(
            UUID.randomUUID(),
            body,
            MessageAttribute.stored(attributes),
            Duration.ofSeconds(delay),
            place),
        attributes,
        bytes);
  }

  /// Where a message stands in a queue that keeps an order.
  private static Draft.Place place(QueueSettings settings, Input input, String body)
      throws Refused {
    String group = input.text("MessageGroupId").orElse("");
    String id = input.text("MessageDeduplicationId").orElse("");
    if (!settings.keepsOrder()) {
      if (!id.isEmpty()) {
        throw Refused.invalid(
            "The request includes a parameter that is not valid for this queue type:"
                + " MessageDeduplicationId.");
      }
      return Draft.Place.NONE; // a group of a standard queue is for fairness, and has no order
    }
    if (group.isEmpty()) {
      throw Refused.missing("MessageGroupId");
    }
    if (id.isEmpty()) {
      if (settings.deduplication() != QueueSettings.Deduplication.BY_CONTENT) {
        throw Refused.invalid("The queue should either have ContentBasedDeduplication enabled or"
            + " MessageDeduplicationId provided explicitly");
      }
      id = Digests.sha256(body);
    }
    for (String each : List.of(group, id)) {
      if (!PLACE.matcher(each).matches()) {
        throw Refused.invalid(
            "MessageGroupId and MessageDeduplicationId have 1 to 128 alphanumeric and punctuation"
                + " characters.");
      }
    }
    return new Draft.Place(group, id);
  }

  /// As SQS tells a number of a sequence: of one length, so that texts compare as they do.
  private static String told(long sequence) {
    return String.format("%020d", sequence);
  }

  private static Map<String, Object> send(Queue queue, Input input) throws Refused {
    Checked checked = draft(queue, input);
    return checked.answer(queue.send(List.of(checked.draft())).getFirst());
  }

  private static Map<String, Object> sendBatch(Queue queue, Input input) throws Refused {
    List<Map<String, Object>> failed = new ArrayList<>();
    Map<String, Checked> checked = new LinkedHashMap<>();
    int bytes = 0;
    for (Input entry : entries(input)) {
      String id = entry.required("Id");
      try {
        Checked draft = draft(queue, entry);
        bytes += draft.bytes();
        checked.put(id, draft);
      } catch (Refused e) {
        failed.add(failed(id, e));
      }
    }
    if (bytes > BATCH_BYTES_MAX) {
      throw Refused.batch(
          "BatchRequestTooLong", "A batch has at most " + BATCH_BYTES_MAX + " bytes.");
    }
    Iterator<Sent> sent = checked.isEmpty()
        ? Collections.emptyIterator()
        : queue.send(checked.values().stream().map(Checked::draft).toList()).iterator();
    List<Map<String, Object>> done = new ArrayList<>();
    checked.forEach((id, each) -> {
      Map<String, Object> answer = new LinkedHashMap<>(Map.of("Id", id));
      answer.putAll(each.answer(sent.next()));
      done.add(answer);
    });
    return batch(done, failed);
  }

  private static Map<String, Object> receive(Queue queue, Input input)
      throws Refused, InterruptedException {
    QueueSettings settings = queue.settings();
    int count = input.number("MaxNumberOfMessages", 1, BATCH_MAX).orElse(1);
    int visibility = input
        .number("VisibilityTimeout", 0, QueueSettings.VISIBILITY_SECS_MAX)
        .orElse(settings.visibilitySecs());
    int wait =
        input.number("WaitTimeSeconds", 0, QueueSettings.WAIT_SECS_MAX).orElse(settings.waitSecs());
    Set<String> system = new HashSet<>(input.texts("AttributeNames"));
    system.addAll(input.texts("MessageSystemAttributeNames"));
    List<String> named = input.texts("MessageAttributeNames");
    List<Message> messages =
        queue.receive(count, Duration.ofSeconds(visibility), Duration.ofSeconds(wait));
    List<Map<String, Object>> told = new ArrayList<>();
    for (Message message : messages) {
      told.add(told(message, system, named));
    }
    return told.isEmpty() ? Map.of() : Map.of("Messages", told);
  }

  private static Map<String, Object> told(Message message, Set<String> system, List<String> named)
      throws Refused {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("MessageId", message.id().toString());
    told.put("ReceiptHandle", message.handle());
    told.put("MD5OfBody", Digests.ofBody(message.body()));
    told.put("Body", message.body());
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("SenderId", "valence");
    attributes.put("SentTimestamp", Long.toString(message.sentMillis()));
    attributes.put("ApproximateReceiveCount", Integer.toString(message.received()));
    attributes.put(
        "ApproximateFirstReceiveTimestamp", Long.toString(message.firstReceivedMillis()));
    Draft.Place place = message.place();
    if (!place.equals(Draft.Place.NONE)) {
      attributes.put("MessageGroupId", place.group());
      attributes.put("MessageDeduplicationId", place.deduplication());
      attributes.put("SequenceNumber", told(message.sequence()));
    }
    if (!system.contains("All")) {
      attributes.keySet().retainAll(system);
    }
    if (!attributes.isEmpty()) {
      told.put("Attributes", attributes);
    }
    Map<String, MessageAttribute> own =
        new LinkedHashMap<>(MessageAttribute.ofStored(message.attributes()));
    own.keySet().removeIf(name -> named.stream().noneMatch(asked -> matches(asked, name)));
    if (!own.isEmpty()) {
      told.put("MD5OfMessageAttributes", Digests.ofAttributes(own));
      told.put("MessageAttributes", MessageAttribute.json(own));
    }
    return told;
  }

  private static boolean matches(String asked, String name) {
    return asked.equals("All")
        || asked.equals(name)
        || asked.endsWith(".*") && name.startsWith(asked.substring(0, asked.length() - 2));
  }

  private static Map<String, Object> deleteBatch(Queue queue, Input input) throws Refused {
    List<Map<String, Object>> failed = new ArrayList<>();
    List<Map<String, Object>> done = new ArrayList<>();
    for (Input entry : entries(input)) {
      String id = entry.required("Id");
      try {
        queue.delete(List.of(entry.required("ReceiptHandle")));
        done.add(Map.of("Id", id));
      } catch (AnomalyException e) {
        failed.add(failed(id, Refused.of(e.anomaly())));
      }
    }
    return batch(done, failed);
  }

  private static void change(Queue queue, Input input) throws Refused {
    int visibility = input
        .number("VisibilityTimeout", 0, QueueSettings.VISIBILITY_SECS_MAX)
        .orElseThrow(() -> Refused.missing("VisibilityTimeout"));
    if (!queue.changeVisibility(input.required("ReceiptHandle"), Duration.ofSeconds(visibility))) {
      throw Refused.notInFlight();
    }
  }

  private static Map<String, Object> changeBatch(Queue queue, Input input) throws Refused {
    List<Map<String, Object>> failed = new ArrayList<>();
    List<Map<String, Object>> done = new ArrayList<>();
    for (Input entry : entries(input)) {
      String id = entry.required("Id");
      try {
        change(queue, entry);
        done.add(Map.of("Id", id));
      } catch (AnomalyException e) {
        failed.add(failed(id, Refused.of(e.anomaly())));
      } catch (Refused e) {
        failed.add(failed(id, e));
      }
    }
    return batch(done, failed);
  }

  private static List<Input> entries(Input input) throws Refused {
    List<Input> entries = input.list("Entries");
    if (entries.isEmpty()) {
      throw Refused.batch("EmptyBatchRequest", "There should be at least one entry.");
    }
    if (entries.size() > BATCH_MAX) {
      throw Refused.batch(
          "TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10.");
    }
    Set<String> ids = new HashSet<>();
    for (Input entry : entries) {
      if (!entry.required("Id").matches("[A-Za-z0-9_-]{1,80}")) {
        throw Refused.batch("InvalidBatchEntryId", "An Id has letters, digits, '-' and '_'.");
      }
      if (!ids.add(entry.required("Id"))) {
        throw Refused.batch(
            "BatchEntryIdsNotDistinct", "Id " + entry.required("Id") + " repeated.");
      }
    }
    return entries;
  }

  private static Map<String, Object> failed(String id, Refused refused) {
    Map<String, Object> failed = new LinkedHashMap<>();
    failed.put("Id", id);
    failed.put("SenderFault", refused.status() < 500);
    failed.put("Code", refused.code());
    failed.put("Message", refused.said());
    return failed;
  }

  private static Map<String, Object> batch(
      List<Map<String, Object>> done, List<Map<String, Object>> failed) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("Successful", done);
    answer.put("Failed", failed);
    return answer;
  }
}
