package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import valence.client.NodeClient;
import valence.edn.Edn;
import valence.tools.terminal.Terminal;

@Command(
    name = "pull",
    mixinStandardHelpOptions = true,
    description = "Print what a pattern selects of an entity.",
    footer = {"", "Example:", "  valence pull --db inventory '[*]' '[:item/sku \"tea-01\"]'"})
final class PullCommand implements Callable<Integer> {
  private static final int WIDTH = 100;

  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private DatabaseOption database = new DatabaseOption();

  @Mixin
  private Format format = new Format();

  @Parameters(index = "0", paramLabel = "PATTERN", description = "EDN, @FILE, or -.")
  private String pattern = "";

  @Parameters(
      index = "1",
      paramLabel = "ENTITY",
      description = "An entity id, an ident, or a lookup ref.")
  private String entity = "";

  PullCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("db"), database.value());
    request.put(kw("selector"), Argument.edn(pattern));
    request.put(kw("eid"), Argument.edn(entity));
    try (NodeClient node = system.connect()) {
      Object answer = node.call("pull", request);
      format.print(terminal, answer, () -> terminal.line(Edn.printPretty(answer, WIDTH)));
      return 0;
    }
  }
}
