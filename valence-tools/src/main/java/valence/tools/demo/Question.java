package valence.tools.demo;

import static valence.api.Valence.kw;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.client.NodeAddress;
import valence.client.NodeClient;
import valence.tools.terminal.Table;
import valence.wire.EdnBody;

/// What is asked of the application over HTTP, and how a table shows the answer.
///
/// @param path       after the repository's name, such as `/knows`
/// @param parameters of the query, in order
/// @param list       under which name the answer has its rows; empty when it is rows itself
/// @param columns    of the answer's rows
public record Question(
    String path, Map<String, String> parameters, String list, List<String> columns) {
  /// Within this time the application answers or the node says that it doesn't.
  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  private static final List<String> COMMIT_COLUMNS =
      List.of("sha", "committedAt", "author", "subject");
  private static final int OK = 200;

  public Question {
    columns = List.copyOf(columns);
  }

  /// How many there are of each thing.
  static Question size() {
    return new Question(
        "", Map.of(), "", List.of("commits", "authors", "files", "changes", "first", "last"));
  }

  /// The commits that no other rests on.
  static Question tips() {
    return new Question("/tips", Map.of(), "", List.of());
  }

  /// Who knows a file.
  public static Question knows(String file, Optional<String> at) {
    return new Question(
        "/knows",
        parameters("file", Optional.of(file), "at", at),
        "",
        List.of("author", "email", "commits", "lines", "last"));
  }

  /// Who owns a file.
  public static Question owner(String file, Optional<String> at) {
    return new Question(
        "/owner",
        parameters("file", Optional.of(file), "at", at),
        "",
        List.of("author", "email", "lines", "since"));
  }

  /// The files changed between two times.
  public static Question changed(Optional<String> from, Optional<String> to) {
    return new Question(
        "/changed",
        parameters("from", from, "to", to),
        "files",
        List.of("path", "commits", "authors", "lines"));
  }

  /// The commits between two times.
  public static Question commits(Optional<String> from, Optional<String> to) {
    return new Question("/commits", parameters("from", from, "to", to), "commits", COMMIT_COLUMNS);
  }

  /// All that a commit rests on.
  public static Question ancestors(String sha) {
    return new Question("/ancestors", Map.of("commit", sha), "commits", COMMIT_COLUMNS);
  }

  private static Map<String, String> parameters(
      String name1, Optional<String> value1, String name2, Optional<String> value2) {
    Map<String, String> parameters = new LinkedHashMap<>();
    value1.ifPresent(value -> parameters.put(name1, value));
    value2.ifPresent(value -> parameters.put(name2, value));
    return parameters;
  }

  /// What was answered.
  ///
  /// @param uri   that gives the same answer again
  /// @param value as EDN data
  /// @param rows  the beginning of the rows, each with a value for each column
  /// @param count how many rows there are
  public record Answer(URI uri, Object value, List<List<?>> rows, long count, Duration took) {}

  /// Asks an application at an address.
  Answer ask(NodeAddress web, String repository) {
    String target = "/" + repository + path + query();
    NodeClient.Response response;
    Duration took;
    try (NodeClient node = NodeClient.connect(web)) {
      long begun = System.nanoTime();
      response = node.send(
          "GET",
          target,
          Map.of("accept", EdnBody.MEDIA_TYPE),
          new byte[0],
          TIMEOUT,
          EdnBody.BYTES_MAX);
      took = Duration.ofNanos(System.nanoTime() - begun);
    }
    boolean edn =
        response.headers().getOrDefault("content-type", "").startsWith(EdnBody.MEDIA_TYPE);
    Object value = edn
        ? EdnBody.decode(response.body())
        : new String(response.body(), StandardCharsets.UTF_8).strip();
    if (response.status() != OK || !edn || value == null) {
      throw refused(response.status(), value);
    }
    List<List<?>> rows = rows(value);
    long count = value instanceof Map<?, ?> map && map.get(kw("count")) instanceof Long all
        ? all
        : rows.size();
    return new Answer(web.node().resolve(target), value, rows, count, took);
  }

  /// The rows of an answer, as a table.
  public Table table(Answer answer, int rowsMax) {
    Table table = new Table(columns);
    answer.rows().stream().limit(rowsMax).forEach(table::row);
    return table;
  }

  private String query() {
    return parameters.isEmpty()
        ? ""
        : parameters.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
            .collect(Collectors.joining("&", "?", ""));
  }

  // A slash and a colon may stand in a query, and are easier to read so.
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("%2F", "/").replace("%3A", ":");
  }

  private List<List<?>> rows(Object value) {
    Object listed = value instanceof Map<?, ?> map && !list.isEmpty() ? map.get(kw(list)) : value;
    List<?> entities = listed instanceof List<?> many ? many : List.of(value);
    List<List<?>> rows = new ArrayList<>();
    for (Object entity : entities) {
      if (entity instanceof Map<?, ?> map) {
        List<@Nullable Object> row = new ArrayList<>();
        columns.forEach(column -> row.add(map.get(kw(column))));
        rows.add(row);
      }
    }
    return rows;
  }

  private static RuntimeException refused(int status, @Nullable Object value) {
    String message = value instanceof Map<?, ?> map && map.get(kw("error")) instanceof String said
        ? said
        : "The application answered " + status + ": " + value;
    return Anomaly.of(
            status == 404 ? Anomaly.Category.NOT_FOUND : Anomaly.Category.INCORRECT, message)
        .toException();
  }
}
