package valence.tools.transfer;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.tools.schema.Schema;

/// What a first reading of a file learns.
public final class Survey {
  /// How much of what is wrong, and of what is right, is kept to be shown.
  private static final int SHOWN_MAX = 10;

  /// A column that an export may have.
  private static final String ENTITY_ID = "db/id";

  private static final int ID_DIGITS = 16;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Job job;
  private final Schema schema;
  private final Map<String, Column> columns = new LinkedHashMap<>();
  private final List<String> bad = new ArrayList<>();
  private final List<Map<String, Object>> first = new ArrayList<>();
  private long itemCount;
  private long badCount;
  private String id = "";

  private Survey(Job job, Schema schema) {
    this.job = job;
    this.schema = schema;
  }

  /// Reads the file once.
  ///
  /// @param progress is told how many bytes were read
  public static Survey of(Job job, Schema schema, LongConsumer progress) {
    Survey survey = new Survey(job, schema);
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(open(job), digest);
        BufferedReader reader = reader(new Counting(in, progress))) {
      Items items = Items.of(job.kind(), reader, job.delimiter());
      for (Item item = items.next(); item != null; item = items.next()) {
        survey.learn(item);
      }
    } catch (IOException e) {
      throw unreadable(job, e);
    }
    survey.id = HexFormat.of().formatHex(digest.digest()).substring(0, ID_DIGITS);
    survey.checkKey();
    return survey;
  }

  /// The file, to be read once more; the caller closes it.
  static BufferedReader reader(InputStream in) {
    return new BufferedReader(new InputStreamReader(
        in,
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)));
  }

  static InputStream open(Job job) throws IOException {
    return new BufferedInputStream(Files.newInputStream(job.file()), BUFFER_BYTES);
  }

  static RuntimeException unreadable(Job job, IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return Anomaly.of(Anomaly.Category.NOT_FOUND, "There is no file " + job.file() + ".")
          .toException(cause);
    }
    return Anomaly.of(
            Anomaly.Category.INCORRECT,
            job.file() + " can't be read: "
                + (cause instanceof CharacterCodingException
                    ? "it isn't text in UTF-8"
                    : String.valueOf(cause.getMessage()))
                + ".")
        .toException(cause);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// Counts what is read.
  static final class Counting extends java.io.FilterInputStream {
    private final LongConsumer progress;
    private long count;

    Counting(InputStream in, LongConsumer progress) {
      super(in);
      this.progress = progress;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int read = super.read(bytes, from, length);
      if (read > 0) {
        count += read;
        progress.accept(count);
      }
      return read;
    }
  }

  private void learn(Item item) {
    switch (item) {
      case Item.Bad(long line, String why) -> bad(line, why);
      case Item.Form(long line, @Nullable Object value) -> {
        if (value instanceof Map<?, ?> || value instanceof List<?>) {
          itemCount++;
        } else {
          bad(line, "it is no form of tx-data");
        }
      }
      case Item.Row(long line, Map<String, Object> cells) -> {
        Optional<String> wrong = Optional.empty();
        for (Map.Entry<String, Object> cell : cells.entrySet()) {
          if (cell.getKey().equals(ENTITY_ID)) {
            continue;
          }
          Optional<String> found = column(cell.getKey()).learn(cell.getValue());
          wrong = wrong.isPresent() ? wrong : found;
        }
        if (wrong.isPresent()) {
          bad(line, wrong.get());
        } else if (job.key().isPresent() && !cells.containsKey(job.key().get())) {
          bad(line, "it has nothing for the key " + job.key().get());
        } else {
          itemCount++;
          if (first.size() < SHOWN_MAX) {
            first.add(cells);
          }
        }
      }
    }
  }

  private void bad(long line, String why) {
    badCount++;
    if (bad.size() < SHOWN_MAX) {
      bad.add("line " + line + ": " + why);
    }
  }

  private Column column(String name) {
    return columns.computeIfAbsent(name, _ -> {
      Keyword ident = ident(name);
      return new Column(name, ident, schema.attribute(ident));
    });
  }

  private Keyword ident(String column) {
    String text = column.strip();
    if (text.startsWith(":")) {
      text = text.substring(1);
    } else if (!text.contains("/")) {
      text = job.namespace() + "/" + text;
    }
    return kw(text.replaceAll("[\\s\\[\\](){}\",;:@^`~\\\\]+", "-"));
  }

  private void checkKey() {
    job.key().ifPresent(key -> {
      if (!columns.containsKey(key)) {
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                "There is no column " + key + " that could be the key.",
                "Expected one of " + String.join(", ", columns.keySet()) + ".")
            .toException();
      }
      Column column = column(key);
      if (column.known().map(form -> !form.isIdentity()).orElse(false)) {
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                "The key " + column.ident() + " isn't unique in this database.",
                "Choose another, or make it :db.unique/identity first.")
            .toException();
      }
    });
  }

  /// Which file it is: the beginning of its hash.
  String id() {
    return id;
  }

  Map<String, Column> columns() {
    return columns;
  }

  public long itemCount() {
    return itemCount;
  }

  public long badCount() {
    return badCount;
  }

  /// What can't be read, the first of it, with lines.
  public List<String> bad() {
    return bad;
  }

  /// What a person looks at before an import: each column with what it becomes.
  public List<Map<Keyword, Object>> inferred() {
    List<Map<Keyword, Object>> rows = new ArrayList<>();
    for (Column column : columns.values()) {
      Map<Keyword, Object> row = new LinkedHashMap<>();
      row.put(kw("column"), column.name());
      row.put(kw("attribute"), column.ident());
      row.put(kw("type"), kw(column.type()));
      row.put(kw("cardinality"), kw(column.isMany() ? "many" : "one"));
      row.put(kw("count"), column.count());
      row.put(kw("key?"), job.key().equals(Optional.of(column.name())));
      row.put(kw("distinct?"), column.isDistinct());
      row.put(kw("new?"), !column.isKnown());
      rows.add(row);
    }
    return rows;
  }

  /// The first rows, as they would be transacted.
  public List<Map<Keyword, Object>> firstRows() {
    return first.stream().map(this::entity).toList();
  }

  /// A row as a map of tx-data.
  Map<Keyword, Object> entity(Map<String, Object> cells) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    cells.forEach((name, cell) -> {
      if (name.equals(ENTITY_ID)) {
        return; // of the database that the rows are from
      }
      Column column = column(name);
      map.put(column.ident(), column.converted(cell));
    });
    return map;
  }

  /// Whether the row of these cells was found to be bad.
  boolean isBad(Map<String, Object> cells) {
    if (job.key().isPresent() && !cells.containsKey(job.key().get())) {
      return true;
    }
    return cells.entrySet().stream()
        .filter(cell -> !cell.getKey().equals(ENTITY_ID))
        .anyMatch(cell ->
            columns.get(cell.getKey()) == null || column(cell.getKey()).refuses(cell.getValue()));
  }

  /// What the database lacks for these columns, as tx-data.
  public List<Map<Keyword, Object>> missingSchema() {
    List<Map<Keyword, Object>> forms = new ArrayList<>();
    for (Column column : columns.values()) {
      if (!column.isKnown()) {
        Map<Keyword, Object> form = new LinkedHashMap<>();
        form.put(kw("db/ident"), column.ident());
        form.put(kw("db/valueType"), kw("db.type/" + column.type()));
        form.put(kw("db/cardinality"), kw("db.cardinality/" + (column.isMany() ? "many" : "one")));
        if (job.key().equals(Optional.of(column.name()))) {
          form.put(kw("db/unique"), kw("db.unique/identity"));
        }
        forms.add(form);
      }
    }
    return forms;
  }
}
