package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import valence.client.NodeClient;
import valence.tools.terminal.Terminal;
import valence.wire.EdnBody;
import valence.wire.Fields;

@Command(
    name = "casts",
    mixinStandardHelpOptions = true,
    description = {
      "Show what the application cast lately: events, alerts, metrics, and for developers.",
      "A node keeps the last 2000. What the application logs as a warning is an alert, too."
    },
    footer = {
      "",
      "Examples:",
      "  valence casts --kind alert",
      "  valence casts --follow",
      "  valence casts --last 500 --json"
    })
final class CastsCommand implements Callable<Integer> {
  /// What kinds there are.
  enum Kind {
    EVENT,
    ALERT,
    METRIC,
    DEV
  }

  private static final long WAIT_MILLIS = 20_000;

  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private Format format = new Format();

  @Option(names = "--kind", paramLabel = "KIND", description = "Only event, alert, metric or dev.")
  private Optional<Kind> kind = Optional.empty();

  @Option(
      names = "--last",
      paramLabel = "N",
      description = "Of the last N, 1000 at most; default: ${DEFAULT-VALUE}.",
      defaultValue = "100")
  private long last;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with each that comes, until Control-C; as data, a line each.")
  private boolean follow;

  CastsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (NodeClient node = system.connect()) {
      Fields answer = ask(node, Map.of(kw("limit"), Math.max(1, last)));
      List<Object> casts = answer.list("casts", List.of());
      if (!follow) {
        format.print(terminal, casts, () -> casts.forEach(this::print));
        return 0;
      }
      casts.forEach(this::show);
      while (!Thread.currentThread().isInterrupted()) {
        long next = answer.number("next", 0, Long.MAX_VALUE);
        answer = ask(node, Map.of(kw("after"), next, kw("wait"), WAIT_MILLIS));
        long missed = answer.number("missed", 0, Long.MAX_VALUE);
        if (missed > 0) {
          terminal.note(missed + " came too fast and weren't seen.");
        }
        answer.list("casts", List.of()).forEach(this::show);
      }
      return 0;
    }
  }

  private Fields ask(NodeClient node, Map<Keyword, Object> asked) {
    Map<Keyword, Object> request = new HashMap<>(asked);
    kind.ifPresent(
        each -> request.put(kw("kind"), kw(each.name().toLowerCase(java.util.Locale.ROOT))));
    return Fields.of("The answer to casts", node.call("casts", request));
  }

  private void show(Object cast) {
    format.print(terminal, cast, () -> print(cast));
  }

  private void print(Object cast) {
    if (!(cast instanceof Map<?, ?> map) || !(map.get(kw("said")) instanceof Map<?, ?> said)) {
      terminal.line(EdnBody.text(cast));
      return;
    }
    String word = map.get(kw("kind")) instanceof Keyword each ? each.getName() : "";
    Map<Object, Object> rest = new LinkedHashMap<>(said);
    Object message = rest.remove(kw("msg"));
    String at = map.get(kw("at")) instanceof Date date ? date.toInstant().toString() : "";
    String line = at + " " + (word.equals("alert") ? terminal.red(word) : terminal.bold(word));
    if (message != null) {
      line += " " + message;
    }
    if (!rest.isEmpty()) {
      line += " " + EdnBody.text(rest);
    }
    if (map.get(kw("function")) instanceof String function) {
      line += terminal.dim("  " + function + " " + map.get(kw("request")));
    }
    terminal.line(line);
  }
}
