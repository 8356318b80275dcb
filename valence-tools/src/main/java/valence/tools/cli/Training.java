package valence.tools.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import valence.tools.terminal.Terminal;

/// Commands that people use all day, one after the other in one process: from the classes that they
/// load, the launcher makes the cache that each command then starts with.
///
/// Takes the address of a node that may be written to. What is said goes nowhere.
public final class Training {
  private static final String QUERY = "[:find ?e ?ident :where [?e :db/ident ?ident] [(< ?e 20)]]";

  private Training() {}

  public static void main(String[] arguments) {
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Terminal.ofProcess(); // which each command begins with
    Terminal terminal = new Terminal(nowhere, nowhere, false);
    String node = "--node=" + arguments[0];
    for (List<String> words : List.of(
        List.of("--help"),
        List.of("q", "--help"),
        List.of("status", node),
        List.of("db", "create", node, "training"),
        List.of(
            "transact",
            node,
            "--db=training",
            "[{:db/ident :a/b :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]"),
        List.of("db", "list", node),
        List.of("q", node, "--db=training", QUERY),
        List.of("q", node, "--db=training", "--json", QUERY),
        List.of("q", node, "--db=training", "--edn", QUERY),
        List.of("q", node, "--db=training", "not a query"),
        List.of("pull", node, "--db=training", "[*]", ":a/b"))) {
      Main.run(terminal, words.toArray(String[]::new));
    }
  }
}
