package valence.tools.console;

import static valence.api.Valence.kw;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Explanation;
import valence.client.NodeClient;
import valence.edn.Edn;
import valence.tools.log.TransactionPage;
import valence.tools.schema.AttributeForm;
import valence.tools.schema.Schema;
import valence.tools.session.Forms;
import valence.tools.session.NodeDatabase;
import valence.tools.terminal.ResultTable;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;
import valence.wire.DbValue;
import valence.wire.EdnBody;
import valence.wire.Fields;

/// A conversation with a system: what is looked at, and what an entry means. For one thread at a
/// time.
public final class Evaluator {
  private static final Object IDENTS = java.util.Objects.requireNonNull(
      Edn.read("[:find [?ident ...] :where [_ :db/ident ?ident]]"));
  private static final int WIDTH = 100;
  private static final long LOG_COUNT = 10;

  /// A command and what it does, as help shows it.
  enum Word {
    HELP("help", "", "show this"),
    DATABASES("dbs", "", "list databases"),
    DATABASE("db", "NAME", "look at a database"),
    AS_OF("as-of", "TIME", "look at it as it was; now for the newest"),
    SINCE("since", "TIME", "look at what was said after; off for all"),
    HISTORY("history", "on|off", "look at every assertion and retraction"),
    PULL("pull", "PATTERN ENTITY", "show what a pattern selects of an entity"),
    EXPLAIN("explain", "QUERY [INPUT...]", "show how a query is run"),
    TRANSACT("tx", "TX-DATA", "say facts, in one transaction"),
    LOG("log", "[N]", "show the last transactions"),
    SCHEMA("schema", "[NAMESPACE]", "show the attributes"),
    STATS("stats", "", "count the facts"),
    QUIT("quit", "", "end, as Control-D does");

    private final String word;
    private final String arguments;
    private final String meaning;

    Word(String word, String arguments, String meaning) {
      this.word = word;
      this.arguments = arguments;
      this.meaning = meaning;
    }

    String text() {
      return ":" + word;
    }
  }

  private final Terminal colours;
  private final NodeClient node;
  private final Function<String, Object> timePoints;
  private String database;
  private @Nullable Object asOf;
  private @Nullable Object since;
  private boolean history;
  private boolean ended;

  /// @param database   to look at first; empty for none
  /// @param timePoints a point in time of what somebody typed
  public Evaluator(
      Terminal terminal, NodeClient node, String database, Function<String, Object> timePoints) {
    this.colours = terminal;
    this.node = node;
    this.database = database;
    this.timePoints = timePoints;
  }

  /// Whether the end was asked for.
  boolean isEnded() {
    return ended;
  }

  /// What stands before an entry.
  String prompt() {
    StringBuilder prompt = new StringBuilder(database.isEmpty() ? "valence" : database);
    if (asOf != null) {
      prompt.append(" as of ").append(shown(asOf));
    }
    if (since != null) {
      prompt.append(" since ").append(shown(since));
    }
    return prompt.append(history ? " history" : "").append("> ").toString();
  }

  private static String shown(Object timePoint) {
    return timePoint instanceof java.util.Date instant
        ? instant.toInstant().toString()
        : timePoint.toString();
  }

  /// The names that may be typed: attributes and other idents of the database.
  List<String> idents() {
    if (database.isEmpty()) {
      return List.of();
    }
    NodeDatabase source = database();
    TreeSet<String> idents = new TreeSet<>();
    for (Object ident : source.rows(source.newest(), IDENTS)) {
      idents.add(String.valueOf(ident));
    }
    return List.copyOf(idents);
  }

  List<String> databases() {
    List<String> names = new ArrayList<>();
    if (node.call("list-databases", Map.of()) instanceof Iterable<?> all) {
      all.forEach(name -> names.add(String.valueOf(name)));
    }
    return names;
  }

  /// Does what an entry says; the lines to be shown.
  List<String> run(String entry) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Terminal page = new Terminal(
        new PrintStream(bytes, true, StandardCharsets.UTF_8),
        colours.err(),
        colours.colours(),
        false,
        colours.signals());
    String text = entry.strip();
    if (text.isEmpty() || text.startsWith(";")) {
      return List.of();
    }
    if (text.startsWith(":")) {
      int end = 1;
      while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
        end++;
      }
      command(page, text.substring(0, end), text.substring(end).strip());
    } else {
      query(page, forms(text));
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private void command(Terminal page, String word, String rest) {
    for (Word known : Word.values()) {
      if (known.text().equals(word)) {
        command(page, known, rest);
        return;
      }
    }
    throw wrong(
        "There is no command " + word + ".",
        "Expected a query such as [:find ?e :where [?e :db/ident]], or one of :help.");
  }

  private void command(Terminal page, Word word, String rest) {
    switch (word) {
      case HELP -> help(page);
      case DATABASES -> databases().forEach(page::line);
      case DATABASE -> {
        if (!rest.isEmpty()) {
          new NodeDatabase(node, rest).newest(); // is it there?
          database = rest;
        }
        page.line(database().name() + ", t " + database().newest().t());
      }
      case AS_OF -> asOf = isOff(rest) ? null : timePoints.apply(rest);
      case SINCE -> since = isOff(rest) ? null : timePoints.apply(rest);
      case HISTORY -> history = !isOff(rest);
      case PULL -> pull(page, forms(rest));
      case EXPLAIN -> explain(page, forms(rest));
      case TRANSACT -> transact(page, forms(rest));
      case LOG -> log(page, rest);
      case SCHEMA -> schema(page, rest);
      case STATS -> stats(page);
      case QUIT -> ended = true;
    }
  }

  private static boolean isOff(String rest) {
    return rest.equals("off") || rest.equals("now");
  }

  private static List<@Nullable Object> forms(String text) {
    List<@Nullable Object> forms = new ArrayList<>();
    for (int at = 0; ; ) {
      int end = Forms.end(text, at);
      if (end == Forms.NONE) {
        return forms;
      }
      // What is open is read, too, for what the reader says of it.
      forms.add(EdnBody.parse(end == Forms.OPEN ? text.substring(at) : text.substring(at, end)));
      at = end == Forms.OPEN ? text.length() : end;
    }
  }

  private NodeDatabase database() {
    if (database.isEmpty()) {
      throw wrong("No database is looked at.", "Choose one with :db NAME; :dbs lists them.");
    }
    return new NodeDatabase(node, database);
  }

  private DbValue value() {
    DbValue value = database().newest();
    value = asOf == null ? value : value.withAsOf(asOf);
    value = since == null ? value : value.withSince(since);
    return history ? value.withHistory() : value;
  }

  private void query(Terminal page, List<@Nullable Object> forms) {
    Object form = forms.getFirst();
    boolean isQuery = form instanceof List<?> list && list.contains(kw("find"))
        || form instanceof Map<?, ?> map && map.containsKey(kw("find"));
    if (!isQuery) {
      throw wrong(
          "This is no query.",
          "Expected one such as [:find ?e :where [?e :db/ident]], facts with :tx, or :help.");
    }
    Object answer = database().q(value(), form, forms.subList(1, forms.size()).toArray());
    ResultTable.print(page, form, answer);
  }

  private void explain(Terminal page, List<@Nullable Object> forms) {
    if (forms.isEmpty()) {
      throw wrong(":explain takes a query.", "Expected :explain [:find …].");
    }
    Object answer = database()
        .explained(value(), java.util.Objects.requireNonNull(forms.getFirst()), inputs(forms));
    Explanation.of(answer).toString().lines().forEach(page::line);
  }

  private static List<?> inputs(List<@Nullable Object> forms) {
    return forms.subList(1, forms.size());
  }

  private void pull(Terminal page, List<@Nullable Object> forms) {
    if (forms.size() != 2) {
      throw wrong(
          ":pull takes a pattern and an entity.", "Expected :pull [*] [:item/sku \"tea\"].");
    }
    Object pulled = database().pull(value(), forms.get(0), forms.get(1));
    Edn.printPretty(pulled, WIDTH).lines().forEach(page::line);
  }

  private void transact(Terminal page, List<@Nullable Object> forms) {
    if (forms.size() != 1 || forms.getFirst() == null) {
      throw wrong(":tx takes tx-data.", "Expected :tx [{:item/sku \"tea\"}].");
    }
    Fields report = database().transact(forms.getFirst(), UUID.randomUUID());
    String t = report.value("db-after") instanceof DbValue db ? String.valueOf(db.t()) : "?";
    page.line("t " + page.bold(t) + ", " + report.list("tx-data", List.of()).size() + " datoms");
    if (report.value("tempids") instanceof Map<?, ?> tempids) {
      tempids.forEach((tempid, id) -> page.line("  " + EdnBody.text(tempid) + " is " + id));
    }
  }

  private void log(Terminal page, String rest) {
    if (!rest.matches("\\d{0,4}")) {
      throw wrong(":log takes a number of transactions.", "Expected :log 10.");
    }
    long count = rest.isEmpty() ? LOG_COUNT : Long.parseLong(rest);
    Long t = database().newest().t();
    TransactionPage pages = new TransactionPage(page, database());
    if (t != null && t > 0 && count > 0) {
      database().log(Math.max(1, t - count + 1), null, count).forEach(pages::print);
    }
  }

  private void schema(Terminal page, String kind) {
    Table table = new Table(List.of("attribute", "type", "values", "", "doc"));
    String namespace = kind.startsWith(":") ? kind.substring(1) : kind;
    for (AttributeForm form : Schema.of(database(), value()).shown()) {
      if (namespace.isEmpty() || form.kind().equals(namespace)) {
        table.row(List.of(
            form.ident().toString(),
            form.type(),
            form.many() ? "many" : "one",
            form.notes(),
            form.doc()));
      }
    }
    table.print(page);
  }

  private void stats(Terminal page) {
    Fields stats = Fields.of("The statistics", node.call("db-stats", Map.of(kw("db"), value())));
    Table table = new Table(List.of("attribute", "facts"));
    Schema schema = Schema.of(database(), value());
    Map<?, ?> counts = stats.map("attrs");
    for (AttributeForm form : schema.shown()) {
      if (counts.get(form.ident()) instanceof Map<?, ?> map
          && map.get(kw("count")) instanceof Long count) {
        table.row(List.of(form.ident().toString(), count));
      }
    }
    table.print(page);
    page.line(page.dim(stats.number("datoms", 0, Long.MAX_VALUE) + " facts in all"));
  }

  private static void help(Terminal page) {
    page.line("A query such as [:find ?sku :where [_ :item/sku ?sku]], further inputs behind it,");
    page.line("or a command. An entry goes on over lines until what it opens is closed.");
    for (Word word : Word.values()) {
      String call = word.text() + " " + word.arguments;
      page.line(
          "  " + page.cyan(call) + " ".repeat(Math.max(1, 28 - call.length())) + word.meaning);
    }
    page.line("Tab completes, Control-C stops a query, Control-D ends.");
  }

  private static RuntimeException wrong(String... sentences) {
    return Anomaly.of(Anomaly.Category.INCORRECT, sentences).toException();
  }
}
