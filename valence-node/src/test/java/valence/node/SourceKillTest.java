package valence.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static valence.node.testing.NodeSession.sha;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.node.testing.NodeSession;
import valence.node.testing.Requests;
import valence.node.testing.TestJar;
import valence.wire.DbValue;
import valence.wire.Fields;
import valence.wire.ion.IonConfig;
import valence.wire.json.PlainJson;

/// A node with sources of all kinds that is killed again and again while messages, files, facts and
/// invocations come, `-Dcrash.rounds` times: what it took it delivers.
final class SourceKillTest {
  private static final String SOURCE = """
      package shop;

      import static valence.api.Valence.kw;

      import java.util.List;
      import java.util.Map;
      import valence.api.Db;
      import valence.api.Valence;
      import valence.ion.S3Event;
      import valence.ion.SqsEvent;

      public final class Work {
        private static void say(String by, String payload, long t) {
          Valence.client(Map.of("server-type", kw("ion"))).connect("noted").transact(List.of(Map.of(
              kw("noted/by"), by, kw("noted/payload"), payload, kw("noted/t"), t)));
        }

        public static void message(SqsEvent event) {
          event.records().forEach(each -> say("message", each.body(), 0));
        }

        public static void file(S3Event event) {
          event.records().forEach(each -> say("file", each.key(), 0));
        }

        public static void time(String payload) {
          say("time", payload, 0);
        }

        public static void invoked(String payload) {
          if (payload.contains("poison")) {
            throw new IllegalStateException("poisoned");
          }
          say("invoked", payload, 0);
        }

        public static void poisoned(SqsEvent event) {
          invoked(event.records().getFirst().body());
        }

        public static void low(Db after, List<?> rows) {
          say("low", rows.toString(), after.asOfT().getAsLong());
        }
      }
      """;

  private static final String FACTS = """
      [{:db/ident :noted/by :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
       {:db/ident :noted/payload :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
       {:db/ident :noted/t :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :item/free :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]
      """;

  private static final Duration WAIT = Duration.ofMinutes(2);

  @TempDir
  Path directory;

  private Process process;
  private NodeSession session;
  private Requests api;
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private int count;

  private void start() throws Exception {
    Path ready = directory.resolve("ready.edn");
    Files.deleteIfExists(ready);
    process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-ea",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "valence.node.Main",
            "--system",
            "test",
            "--folder",
            directory.resolve("system").toString(),
            "--api-port",
            "0",
            "--http-port",
            "0",
            "--ready-file",
            ready.toString())
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
        .start();
    while (!Files.exists(ready)) {
      assertThat(process.isAlive()).as(log()).isTrue();
      LockSupport.parkNanos(5_000_000);
    }
    Fields ports = Fields.of("ready", Edn.read(Files.readString(ready)));
    int port = (int) ports.number("api-port", 1, 65_535);
    session = new NodeSession(port, (int) ports.number("http-port", 1, 65_535));
    api = new Requests(port);
  }

  private String log() throws IOException {
    String log = Files.readString(directory.resolve("log"));
    return log.substring(Math.max(0, log.length() - 4_000));
  }

  private void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    session.close();
    api.close();
  }

  @AfterEach
  void end() throws InterruptedException {
    if (process != null) {
      kill();
    }
  }

  private IonConfig config() {
    return IonConfig.parse("""
        {:app-name "shop"
         :lambdas {:invoked {:fn shop.Work/invoked :on-failure "invoked-dead"}}
         :sources
         {:orders {:type :queue :queue "orders" :fn shop.Work/message}
          :jobs   {:type :queue :queue "jobs" :fn shop.Work/poisoned :batch-size 1}
          :files  {:type :directory :path "%s" :settle-millis 0 :fn shop.Work/file}
          :times  {:type :schedule :cron "@every 1s" :fn shop.Work/time}
          :low    {:type :trigger :db "noted" :fn shop.Work/low :retries 1000
                   :from :beginning :where [[?i :item/free ?n] [(< ?n 5)]]}}}
        """.formatted(files()));
  }

  private Path files() {
    return directory.resolve("files");
  }

  private Map<?, ?> sqs(String action, String body) throws IOException, InterruptedException {
    HttpResponse<String> answer = api.send(
        "POST",
        "/",
        body,
        "content-type",
        "application/x-amz-json-1.0",
        "x-amz-target",
        "AmazonSQS." + action);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return (Map<?, ?>) PlainJson.read(answer.body());
  }

  private void send(String queue, String body) throws IOException, InterruptedException {
    sqs("SendMessage", "{\"QueueUrl\":\"" + queue + "\",\"MessageBody\":\"" + body + "\"}");
    accepted.add(body);
  }

  private List<?> receive(String queue, int visibilitySecs)
      throws IOException, InterruptedException {
    Object messages = sqs(
            "ReceiveMessage",
            "{\"QueueUrl\":\"" + queue + "\",\"MaxNumberOfMessages\":10,\"VisibilityTimeout\":"
                + visibilitySecs + "}")
        .get("Messages");
    return messages instanceof List<?> list ? list : List.of();
  }

  private static String text(Object message, String key) {
    return String.valueOf(((Map<?, ?>) message).get(key));
  }

  private void invoke(String payload) throws IOException, InterruptedException {
    HttpResponse<String> answer = api.send(
        "POST",
        "/2015-03-31/functions/solo-invoked/invocations",
        '"' + payload + '"',
        "x-amz-invocation-type",
        "Event");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    accepted.add(payload);
  }

  /// What comes from outside until the node is gone.
  private void come(SplittableRandom random) throws InterruptedException {
    try {
      while (true) {
        String name = "n" + count++ + "e";
        switch (random.nextInt(7)) {
          case 0, 1 -> send("orders", "order " + name);
          case 2 -> send("jobs", "poison " + name);
          case 3 -> send("jobs", "job " + name);
          case 4 -> invoke((random.nextInt(3) == 0 ? "poison call " : "call ") + name);
          case 5 ->
            session.call(
                "transact",
                "db-name",
                "noted",
                "tx-data",
                requireNonNull(Edn.read("[{:item/free " + random.nextInt(10) + "}]")));
          default -> {
            Path made = Files.writeString(directory.resolve("made"), name);
            Files.move(made, files().resolve(name), StandardCopyOption.ATOMIC_MOVE);
            accepted.add(name);
          }
        }
      }
    } catch (IOException | AnomalyException e) { // it is killed: what was asked last is unknown
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(e.toString()).isTrue();
    }
  }

  private List<List<Object>> q(String query) {
    Object found = session.call(
        "q", "query", requireNonNull(Edn.read(query)), "args", List.of(DbValue.newest("noted")));
    List<List<Object>> rows = new ArrayList<>();
    for (Object row : (List<?>) requireNonNull(found)) {
      rows.add(new ArrayList<>((List<?>) row));
    }
    return rows;
  }

  /// What functions were called with, as one text.
  private String noted() {
    return q("[:find ?p ?e :where [?e :noted/payload ?p]]").stream()
        .map(row -> String.valueOf(row.getFirst()))
        .collect(Collectors.joining("\n"));
  }

  private void await(BooleanSupplier condition, String what) throws IOException {
    long deadline = System.nanoTime() + WAIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as(what + " " + session.call("sources") + "\n" + log())
          .isLessThan(deadline);
      LockSupport.parkNanos(50_000_000);
    }
  }

  private Set<String> missing() {
    String noted = noted();
    return accepted.stream()
        .filter(each -> !each.startsWith("poison"))
        .filter(each -> !each.startsWith("job ") && !each.startsWith("call "))
        .filter(each -> !noted.contains(each))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// Takes all that a queue of dead letters holds.
  private void takeDead(String queue, List<String> into) throws IOException, InterruptedException {
    for (List<?> some = receive(queue, 3_600); !some.isEmpty(); some = receive(queue, 3_600)) {
      some.forEach(message -> into.add(text(message, "Body")));
    }
  }

  @Test
  void whatWasTakenIsDeliveredHoweverOftenTheNodeIsKilled() throws Exception {
    int rounds = Integer.getInteger("crash.rounds", 3);
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    Files.createDirectories(files());
    start();
    session.call("create-database", "db-name", "noted");
    session.call("transact", "db-name", "noted", "tx-data", requireNonNull(Edn.read(FACTS)));
    sqs("CreateQueue", "{\"QueueName\":\"jobs-dead\"}");
    sqs("CreateQueue", "{\"QueueName\":\"invoked-dead\"}");
    sqs(
        "CreateQueue",
        "{\"QueueName\":\"jobs\",\"Attributes\":"
            + "{\"RedrivePolicy\":\"{\\\"deadLetterTargetArn\\\":"
            + "\\\"arn:aws:sqs:us-east-1:000000000000:jobs-dead\\\","
            + "\\\"maxReceiveCount\\\":2}\"}}");
    sqs("CreateQueue", "{\"QueueName\":\"orders\"}");
    sqs("CreateQueue", "{\"QueueName\":\"held\"}");
    sqs("SendMessage", "{\"QueueUrl\":\"held\",\"MessageBody\":\"held\"}");
    Object held = receive("held", 43_200).getFirst();
    session.push(
        sha("v1"), config(), TestJar.compile(directory, "shop-v1", Map.of("shop.Work", SOURCE)));
    session.deploy(sha("v1"));
    for (int round = 0; round < rounds; round++) {
      Thread killer = Thread.ofVirtual().start(() -> {
        LockSupport.parkNanos(random.split().nextLong(20_000_000, 1_500_000_000));
        process.destroyForcibly();
      });
      come(random);
      killer.join();
      kill();
      start();
      assertThat(receive("held", 1)).as("its visibility outlasts").isEmpty();
    }
    String told = "-Dseed=" + seed + " -Dcrash.rounds=" + rounds;
    await(() -> missing().isEmpty(), told);
    assertThat(sqs(
            "ChangeMessageVisibility",
            "{\"QueueUrl\":\"held\",\"VisibilityTimeout\":0,\"ReceiptHandle\":\""
                + text(held, "ReceiptHandle") + "\"}"))
        .isEmpty();
    assertThat(receive("held", 1)).hasSize(1);

    // Each that was found, once or more, and for the first time in the order of t.
    Set<Object> expected = new TreeSet<>();
    for (List<Object> row : q("[:find ?t :where [_ :item/free ?n ?t] [(< ?n 5)]]")) {
      expected.add((long) row.getFirst() & ((1L << 42) - 1));
    }
    await(() -> told("low").containsAll(expected), told + " isn't told of " + expected);
    assertThat(List.copyOf(told("low"))).as(told).isEqualTo(List.copyOf(expected));

    await(
        () -> accepted.stream().filter(each -> each.startsWith("poison n")).count()
            <= counted("jobs-dead"),
        told + " dead letters");
    await(() -> counted("jobs") == 0, told + " jobs");
    List<String> dead = new ArrayList<>();
    takeDead("jobs-dead", dead);
    assertThat(dead).as(told).doesNotHaveDuplicates();
    String noted = noted();
    assertThat(accepted.stream().filter(each -> each.startsWith("job ")))
        .as("a node that ends counts as a failure")
        .allMatch(each -> noted.contains(each) || dead.contains(each), told);
    assertThat(dead)
        .as(told)
        .containsAll(
            accepted.stream().filter(each -> each.startsWith("poison n")).toList());

    await(() -> metric("valence_lambda_events_waiting{function=\"solo-invoked\"}") == 0, told);
    List<String> calls =
        accepted.stream().filter(each -> each.startsWith("poison call")).toList();
    List<String> failed = new ArrayList<>();
    takeDead("invoked-dead", failed);
    Set<String> payloads = new HashSet<>();
    for (String record : failed) {
      String payload = String.valueOf(((Map<?, ?>) PlainJson.read(record)).get("requestPayload"));
      assertThat(payloads.add(payload)).as(told + " twice: " + payload).isTrue();
    }
    assertThat(payloads).as(told).containsAll(calls);
    String invoked = noted();
    assertThat(accepted.stream().filter(each -> each.startsWith("call ")))
        .allMatch(each -> invoked.contains(each) || payloads.contains(each), told);
    System.out.println(told + ": " + accepted.size() + " taken, " + expected.size() + " told, "
        + dead.size() + " and " + failed.size() + " dead");
  }

  private double metric(String series) {
    try {
      return api.get("/metrics")
          .body()
          .lines()
          .filter(line -> line.startsWith(series))
          .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
          .findFirst()
          .orElse(-1);
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private int counted(String queue) {
    try {
      Map<?, ?> attributes = (Map<?, ?>)
          sqs("GetQueueAttributes", "{\"QueueUrl\":\"" + queue + "\",\"AttributeNames\":[\"All\"]}")
              .get("Attributes");
      return Integer.parseInt(text(attributes, "ApproximateNumberOfMessages"))
          + Integer.parseInt(text(attributes, "ApproximateNumberOfMessagesNotVisible"));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// The times of which a trigger told, each where it was first told of.
  private Set<Object> told(String by) {
    List<List<Object>> rows =
        q("[:find ?e ?t :where [?e :noted/by \"" + by + "\"] [?e :noted/t ?t]]");
    rows.sort(Comparator.comparingLong(row -> (long) row.getFirst()));
    return rows.stream()
        .map(row -> row.get(1))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
