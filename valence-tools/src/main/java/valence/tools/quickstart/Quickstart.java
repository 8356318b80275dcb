package valence.tools.quickstart;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.edn.Edn;
import valence.tools.deploy.Deployment;
import valence.tools.invoke.Invocation;
import valence.tools.push.Push;
import valence.tools.push.Pushed;
import valence.tools.solo.RunningNode;
import valence.tools.solo.SoloSystem;
import valence.tools.terminal.Terminal;
import valence.tools.tour.Folders;
import valence.tools.tour.Git;
import valence.tools.tour.Steps;
import valence.wire.DbValue;
import valence.wire.EdnBody;
import valence.wire.Fields;

/// One run of the quickstart. Used once.
public final class Quickstart {
  private static final String SYSTEM = "quickstart";
  private static final String GROUP = "solo";
  private static final String DATABASE = "inventory";
  private static final Duration DEPLOY_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration EVENT_TIMEOUT = Duration.ofSeconds(10);
  private static final Path STOCK = Path.of("src/main/java/inventory/Stock.java");
  private static final String LINE_BEFORE = "LOW_BELOW = 5;";
  private static final String LINE_AFTER = "LOW_BELOW = 8;";
  private static final String LEVELS =
      "[:find ?sku ?free ?level :where [?item :item/sku ?sku] [?item :item/free ?free]"
          + " [(inventory.Stock/level ?free) ?level]]";
  private static final String TAKE = "[[inventory.Stock/take \"tea-01\" 3]]";
  private static final String WHO =
      "[:find (pull ?tx [*]) . :where [?item :item/sku \"tea-01\"] [?item :item/free _ ?tx]]";

  private final Terminal terminal;
  private final boolean keep;
  private final Path home;
  private final SoloSystem system;
  private final Steps steps;

  /// @param home the folder of the checkout, which holds the example
  /// @param keep whether to leave the system running
  public Quickstart(Terminal terminal, Path home, boolean keep) {
    this.terminal = terminal;
    this.keep = keep;
    this.home = home;
    this.system = new SoloSystem(SYSTEM, SoloSystem.folderOf(Path.of("").toAbsolutePath(), SYSTEM));
    this.steps = new Steps(terminal);
  }

  public void run() {
    long begun = System.nanoTime();
    terminal.line(terminal.bold("Valence, from a git commit to an answered request"));
    terminal.line("");
    RunningNode node = steps.result("Start a system of one node on this machine", this::start);
    // For the ways out that no finally sees, such as Control-C.
    Runnable end = () -> ProcessHandle.of(node.pid()).ifPresent(ProcessHandle::destroy);
    Thread emergency = new Thread(end);
    Runtime.getRuntime().addShutdownHook(emergency);
    try (NodeClient client = NodeClient.connect(node.api())) {
      new Story(node, client).tell();
    } catch (RuntimeException e) {
      end.run(); // its folder stays, for whoever wants to know why
      throw e;
    }
    if (!keep) {
      steps.run("Stop the system", says -> stop(node, says));
    }
    Runtime.getRuntime().removeShutdownHook(emergency);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    terminal.line(terminal.green("Done") + " in " + Steps.seconds(took) + ".");
    if (keep) {
      sayHowToGoOn(node);
    }
  }

  private RunningNode start(List<String> says) throws IOException {
    system.running().ifPresent(node -> {
      throw Anomaly.of(
              Anomaly.Category.CONFLICT,
              "The system of an earlier quickstart still runs.",
              "Stop it with `./valence down --system " + SYSTEM + "`.")
          .toException();
    });
    Folders.delete(system.folder()); // of an earlier quickstart
    RunningNode node = system.start(0, 0, terminal::progress);
    says.add("process " + node.pid() + ", durable store in " + shown(system.folder()));
    says.add("api " + node.api() + ", http " + node.http());
    return node;
  }

  private void stop(RunningNode node, List<String> says) throws IOException {
    system.stop(node);
    Folders.delete(system.folder());
    says.add("the node finished its calls and ended; its folder is removed");
  }

  private static String shown(Path path) {
    Path here = Path.of("").toAbsolutePath();
    return path.startsWith(here) ? here.relativize(path).toString() : path.toString();
  }

  /// The steps between start and stop, and what they hand on.
  private final class Story {
    private final RunningNode node;
    private final NodeClient client;
    private final Path application = system.folder().resolve("inventory");
    private final Git git = new Git(application);

    Story(RunningNode node, NodeClient client) {
      this.node = node;
      this.client = client;
    }

    void tell() {
      steps.run("Make a git repository of the example application", this::commitExample);
      Pushed first = steps.result("Push its commit", this::push);
      steps.run("Deploy the revision", says -> deploy(first, says));
      steps.run("Call it as a Lambda function: solo-setup", this::setUp);
      steps.run("Call it over HTTP", this::callHttp);
      steps.run("Send it an event: solo-on-delivery", this::sendEvent);
      steps.run(
          "Query, calling one of its functions", says -> levels("tea-01 8 good", newest(), says));
      long t = steps.result("Transact, calling another", this::take);
      steps.run("The same query, now and as-of before", says -> compare(t, says));
      steps.run("Who wrote the fact", says -> askWho(first.rev(), says));
      try (Caller caller = Caller.start(node)) {
        steps.run("Change one line and commit, while a client keeps calling", this::changeLine);
        Pushed second = steps.result("Push again", says -> pushAgain(first, says));
        steps.run("Deploy again", says -> deploy(second, says));
        steps.run("What the client saw", says -> countCalls(caller, says));
      }
      steps.run("The changed function answers", says -> levels("tea-01 5 low", newest(), says));
    }

    private void commitExample(List<String> says) throws IOException {
      Path example = home.resolve("examples").resolve("inventory");
      if (!Files.isDirectory(example)) {
        throw Anomaly.of(
                Anomaly.Category.NOT_FOUND,
                "The example isn't in " + example + ".",
                "Run ./valence from a whole checkout.")
            .toException();
      }
      Folders.copySources(example, application);
      git.run("init", "--quiet", "--initial-branch=main");
      says.add(shown(application) + ", commit " + git.commit("The shop opens"));
    }

    private Pushed push(List<String> says) {
      Pushed pushed = new Push(client, terminal::progress).commit(application);
      says.add("revision " + pushed.rev());
      says.addAll(pushed.lines());
      return pushed;
    }

    private Pushed pushAgain(Pushed first, List<String> says) {
      Pushed second = push(says);
      expect(second.moved().size() == 1, "only the application's jar to move", second.moved());
      expect(!second.rev().equals(first.rev()), "another revision", second.rev());
      return second;
    }

    private void deploy(Pushed pushed, List<String> says) {
      Deployment deployment = Deployment.start(client, GROUP, pushed.appName(), pushed.rev());
      Deployment.Status status = deployment.await(DEPLOY_TIMEOUT, terminal::progress);
      expect(
          status.outcome() == Deployment.Outcome.SUCCEEDED,
          "the deployment to succeed",
          status.cause());
      says.add(
          "group " + GROUP + " runs " + pushed.appName() + " " + pushed.rev().substring(0, 12));
    }

    private void setUp(List<String> says) {
      Invocation.Answer answer = invoke("setup", "{}", false);
      expect(answer.error().isEmpty(), "no function error", answer.body());
      says.add("{} → " + answer.body());
    }

    private void callHttp(List<String> says) {
      String read = Http.get(node.http().resolve("/items/tea-01"), says);
      expect(read.contains("\"free\":10"), "10 pieces of tea-01", read);
      String taken =
          Http.post(node.http().resolve("/items/tea-01/take"), "{\"quantity\": 2}", says);
      expect(taken.contains("\"free\":8"), "8 pieces of tea-01", taken);
    }

    private void sendEvent(List<String> says) throws InterruptedException {
      String message =
          "{\\\"delivery\\\": \\\"d-17\\\", \\\"sku\\\": \\\"tea-02\\\", \\\"quantity\\\": 12}";
      invoke("on-delivery", "{\"Records\": [{\"body\": \"" + message + "\"}]}", true);
      long deadline = System.nanoTime() + EVENT_TIMEOUT.toNanos();
      Object free = free("tea-02");
      while (!Long.valueOf(16).equals(free)) {
        expect(System.nanoTime() < deadline, "16 pieces of tea-02", free);
        Thread.sleep(5);
        free = free("tea-02");
      }
      says.add("accepted at once; a moment later tea-02 had 16 pieces instead of 4");
    }

    private @Nullable Object free(String sku) {
      return query(
          "[:find ?free . :in $ ?sku :where [?i :item/sku ?sku] [?i :item/free ?free]]",
          newest(),
          sku);
    }

    private void levels(String expected, DbValue db, List<String> says) {
      says.add(LEVELS);
      List<String> rows = rows(query(LEVELS, db));
      says.addAll(rows.stream().map(row -> "  " + row).toList());
      expect(rows.contains(expected), "a row " + expected, rows);
    }

    private Long take(List<String> says) {
      Map<Keyword, Object> request = new HashMap<>();
      request.put(kw("db-name"), DATABASE);
      request.put(kw("tx-data"), Edn.read(TAKE));
      Fields report = Fields.of("The answer to transact", client.call("transact", request));
      Long t = report.value("db-after") instanceof DbValue db ? db.t() : null;
      if (t == null) {
        throw Anomaly.fault("The transaction's answer has no :db-after with a :t.")
            .toException();
      }
      says.add(TAKE + " became t " + t);
      return t;
    }

    private void compare(long t, List<String> says) {
      DbValue before = newest().withAsOf(t - 1);
      List<String> now = rows(query(LEVELS, newest()));
      List<String> then = rows(query(LEVELS, before));
      expect(now.contains("tea-01 5 good"), "a row tea-01 5 good", now);
      expect(then.contains("tea-01 8 good"), "a row tea-01 8 good", then);
      says.add("now         " + String.join("   ", now));
      says.add("as-of t " + (t - 1) + "   " + String.join("   ", then));
    }

    private void askWho(String rev, List<String> says) {
      Object found = query(WHO, newest());
      expect(
          found instanceof Map<?, ?> tx && tx.containsValue(rev),
          "a transaction with revision " + rev,
          EdnBody.text(found));
      if (found instanceof Map<?, ?> tx) {
        tx.forEach((key, value) -> says.add(key + " " + EdnBody.text(value)));
      }
    }

    private void changeLine(List<String> says) throws IOException {
      Path file = application.resolve(STOCK);
      String text = Files.readString(file);
      expect(text.contains(LINE_BEFORE), "the line " + LINE_BEFORE, STOCK);
      Files.writeString(file, text.replace(LINE_BEFORE, LINE_AFTER));
      says.add(STOCK + ": " + LINE_BEFORE + " → " + LINE_AFTER);
      says.add("commit " + git.commit("Order sooner"));
    }

    private void countCalls(Caller caller, List<String> says) {
      Caller.Count count = caller.stop();
      expect(count.calls() > 0, "some calls", count);
      expect(count.failures().isEmpty(), "no failed call", count.failures());
      says.add(count.calls() + " calls over HTTP and as Lambda, 0 failures");
    }

    private Invocation.Answer invoke(String name, String payload, boolean event) {
      return new Invocation(node.api(), GROUP + "-" + name, payload, event).call();
    }

    private @Nullable Object query(String query, Object... args) {
      Map<Keyword, @Nullable Object> request = new HashMap<>();
      request.put(kw("query"), Edn.read(query));
      request.put(kw("args"), List.of(args));
      return client.call("q", request);
    }

    private DbValue newest() {
      return DbValue.newest(DATABASE);
    }
  }

  /// The rows of a relation, each as one text, sorted.
  private static List<String> rows(@Nullable Object relation) {
    List<String> rows = new ArrayList<>();
    if (relation instanceof Iterable<?> all) {
      for (Object row : all) {
        if (row instanceof List<?> cells) {
          rows.add(String.join(" ", cells.stream().map(String::valueOf).toList()));
        }
      }
    }
    rows.sort(Comparator.naturalOrder());
    return rows;
  }

  private static void expect(boolean truth, String expected, @Nullable Object found) {
    if (!truth) {
      throw Anomaly.fault("Expected " + expected + ", found " + found + ".").toException();
    }
  }

  private void sayHowToGoOn(RunningNode node) {
    String repository = shown(system.folder().resolve("inventory"));
    Stream.of(
            "",
            terminal.bold("The system keeps running.") + " Try",
            "",
            "  curl " + node.http().resolve("/items"),
            "  curl -d '{\"quantity\": 1}' " + node.http().resolve("/items/tea-02/take"),
            "  ./valence invoke --system " + SYSTEM + " solo-shortages",
            "  AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any aws lambda invoke --region"
                + " us-east-1 \\",
            "    --endpoint-url " + node.api() + " --function-name solo-shortages answer.json",
            "  ./valence q --system " + SYSTEM + " --db " + DATABASE + " \\",
            "    '" + LEVELS + "'",
            "  ./valence tx --system " + SYSTEM + " --db " + DATABASE,
            "",
            "Change something in " + repository + ", commit it there, then",
            "",
            "  ./valence push --system " + SYSTEM + " " + repository,
            "  ./valence deploy --system " + SYSTEM + " inventory --wait",
            "",
            "Stop it with",
            "",
            "  ./valence down --system " + SYSTEM)
        .forEach(terminal::line);
  }
}
