package valence.wire.ion;

import clojure.lang.Keyword;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import valence.wire.Fields;
import valence.wire.schedule.Timetable;

/// Where the events of a source come from.
public sealed interface Origin {
  Type type();

  /// The keys of this origin alone.
  Map<Keyword, Object> toMap();

  /// What happened to a file.
  enum Change {
    CREATED,
    MODIFIED,
    REMOVED;

    Keyword keyword() {
      return Keyword.intern(name().toLowerCase(Locale.ROOT));
    }
  }

  /// Files of a directory and those below it.
  ///
  /// @param match        a glob that the path from the directory has to fit, such as `*.csv`; empty
  ///     for all
  /// @param settleMillis how long a file has to stay as it is before it is told of
  record Directory(Setting path, String match, Set<Change> changes, int settleMillis)
      implements Origin {
    private static final int SETTLE_MILLIS_MAX = 3_600_000;

    public Directory {
      changes = Set.copyOf(changes);
    }

    static Directory of(Fields fields) {
      return new Directory(
          Setting.of(fields, "path"), fields.text("match", ""), chosen(fields), (int)
              fields.number("settle-millis", 0, SETTLE_MILLIS_MAX, 1_000));
    }

    @Override
    public Type type() {
      return Type.DIRECTORY;
    }

    @Override
    public Map<Keyword, Object> toMap() {
      Map<Keyword, Object> map = new LinkedHashMap<>();
      path.put(map, "path");
      map.put(Keyword.intern("match"), match);
      map.put(Keyword.intern("changes"), keywords(changes));
      map.put(Keyword.intern("settle-millis"), (long) settleMillis);
      return map;
    }
  }

  /// Objects of an S3-compatible bucket.
  ///
  /// @param prefix    of the keys
  /// @param endpoint  where the service is; empty for AWS itself
  /// @param accessKey the id of the access key; empty for what the environment offers
  /// @param secretKey set together with it
  record Bucket(
      Setting bucket,
      String prefix,
      Setting endpoint,
      String region,
      Setting accessKey,
      Setting secretKey,
      Set<Change> changes,
      int pollSecs)
      implements Origin {
    private static final int POLL_SECS_MAX = 86_400;

    public Bucket {
      changes = Set.copyOf(changes);
    }

    static Bucket of(Fields fields) {
      return new Bucket(
          Setting.of(fields, "bucket"),
          fields.text("prefix", ""),
          Setting.optional(fields, "endpoint"),
          fields.text("region", "us-east-1"),
          Setting.optional(fields, "access-key"),
          Setting.secret(fields, "secret-key"),
          chosen(fields),
          (int) fields.number("poll-secs", 1, POLL_SECS_MAX, 60));
    }

    @Override
    public Type type() {
      return Type.BUCKET;
    }

    @Override
    public Map<Keyword, Object> toMap() {
      Map<Keyword, Object> map = new LinkedHashMap<>();
      bucket.put(map, "bucket");
      map.put(Keyword.intern("prefix"), prefix);
      endpoint.put(map, "endpoint");
      map.put(Keyword.intern("region"), region);
      accessKey.put(map, "access-key");
      secretKey.put(map, "secret-key");
      map.put(Keyword.intern("changes"), keywords(changes));
      map.put(Keyword.intern("poll-secs"), (long) pollSecs);
      return map;
    }
  }

  /// Messages of a queue of this system.
  record Queue(String queue) implements Origin {
    /// What a queue may be called; with `.fifo` at its end, it keeps an order.
    public static final Pattern NAME =
        Pattern.compile("[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\\.fifo");

    static Queue of(Fields fields) {
      String name = fields.text("queue");
      if (!NAME.matcher(name).matches()) {
        throw fields.wrong(
            "queue",
            "a name of letters, digits, '_' and '-', at most 80 of them, with .fifo at its end to"
                + " keep an order");
      }
      return new Queue(name);
    }

    @Override
    public Type type() {
      return Type.QUEUE;
    }

    @Override
    public Map<Keyword, Object> toMap() {
      return Map.of(Keyword.intern("queue"), queue);
    }
  }

  /// The times of a schedule.
  ///
  /// @param cron  as [Timetable#parse] takes it
  /// @param zone  whose local time is meant
  /// @param missed whether a time that came while nobody could run it is made up for, once for all
  ///     such times
  record Schedule(String cron, String zone, boolean missed) implements Origin {
    private static final Keyword ONCE = Keyword.intern("once");
    private static final Keyword SKIP = Keyword.intern("skip");

    static Schedule of(Fields fields) {
      String cron = fields.text("cron");
      Timetable.parse(cron);
      String zone = fields.text("zone", "UTC");
      try {
        ZoneId known = ZoneId.of(zone);
        assert known != null;
      } catch (DateTimeException e) {
        throw fields.wrong("zone", "a time zone such as \"Europe/Berlin\" or \"UTC\"");
      }
      Object missed = fields.value("missed");
      if (missed != null && missed != ONCE && missed != SKIP) {
        throw fields.wrong("missed", ":once or :skip");
      }
      return new Schedule(cron, zone, missed != SKIP);
    }

    @Override
    public Type type() {
      return Type.SCHEDULE;
    }

    @Override
    public Map<Keyword, Object> toMap() {
      Map<Keyword, Object> map = new LinkedHashMap<>();
      map.put(Keyword.intern("cron"), cron);
      map.put(Keyword.intern("zone"), zone);
      map.put(Keyword.intern("missed"), missed ? ONCE : SKIP);
      return map;
    }
  }

  /// Requests that prove who sent them by a signature.
  ///
  /// @param header        that has the signature, in lower case; empty for the scheme's own
  /// @param secret        a parameter that holds the shared secret
  /// @param idHeader that has the id of what is sent, in lower case; empty for the scheme's own
  /// @param toleranceSecs how old a signature with a time in it may be
  /// @param shape         of what the function gets
  record Webhook(
      Scheme scheme, String header, Setting secret, String idHeader, int toleranceSecs, Shape shape)
      implements Origin {
    private static final int TOLERANCE_SECS_MAX = 86_400;
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{0,100}");

    /// Who signs how.
    public enum Scheme {
      /// `x-hub-signature-256: sha256=<hex>` of the body.
      GITHUB,
      /// `stripe-signature: t=<seconds>,v1=<hex>` of the time, a point and the body.
      STRIPE,
      /// `<hex>`, `sha256=<hex>` or Base64 of the body, in a header of choice.
      HEADER;

      Keyword keyword() {
        return Keyword.intern(name().toLowerCase(Locale.ROOT));
      }
    }

    /// What the function gets.
    public enum Shape {
      /// What an address of a Lambda function is called with: headers, path, body.
      REQUEST,
      /// The body as it came.
      BODY,
      /// The body as the message of an SNS event.
      SNS;

      Keyword keyword() {
        return Keyword.intern(name().toLowerCase(Locale.ROOT));
      }
    }

    static Webhook of(Fields fields) {
      Scheme scheme = one(fields, "signature", Scheme.values(), Scheme::keyword, Scheme.GITHUB);
      Setting secret = Setting.secret(fields, "secret");
      if (secret.equals(Setting.NONE)) {
        throw fields.wrong("secret-param", "the name of the parameter that holds the secret");
      }
      String header = header(fields, "header");
      if (scheme == Scheme.HEADER && header.isEmpty()) {
        throw fields.wrong("header", "the name of the header that has the signature");
      }
      return new Webhook(
          scheme,
          header,
          secret,
          header(fields, "id-header"),
          (int) fields.number("tolerance-secs", 1, TOLERANCE_SECS_MAX, 300),
          one(fields, "as", Shape.values(), Shape::keyword, Shape.REQUEST));
    }

    private static String header(Fields fields, String key) {
      String header = fields.text(key, "");
      if (!HEADER.matcher(header).matches()) {
        throw fields.wrong(key, "the name of a header");
      }
      return header.toLowerCase(Locale.ROOT);
    }

    @Override
    public Type type() {
      return Type.WEBHOOK;
    }

    @Override
    public Map<Keyword, Object> toMap() {
      Map<Keyword, Object> map = new LinkedHashMap<>();
      map.put(Keyword.intern("signature"), scheme.keyword());
      map.put(Keyword.intern("header"), header);
      secret.put(map, "secret");
      map.put(Keyword.intern("id-header"), idHeader);
      map.put(Keyword.intern("tolerance-secs"), (long) toleranceSecs);
      map.put(Keyword.intern("as"), shape.keyword());
      return map;
    }
  }

  /// Transactions whose new facts meet a condition.
  ///
  /// @param find      what is told of each find; empty for the variables of `where`, in their order
  /// @param rules     for `where`
  /// @param beginning whether the first is the first of the database, rather than the next
  /// @param own       whether transactions of the function itself count
  /// @param stops     whether a transaction that can't be told of stops the rest; else it is put
  ///     aside as a dead letter
  record Trigger(
      String db,
      List<Object> find,
      List<Object> where,
      List<Object> rules,
      boolean beginning,
      boolean own,
      boolean stops)
      implements Origin {
    private static final Keyword NOW = Keyword.intern("now");
    private static final Keyword BEGINNING = Keyword.intern("beginning");
    private static final Keyword TELL = Keyword.intern("tell");
    private static final Keyword SKIP = Keyword.intern("skip");
    private static final Keyword STOP = Keyword.intern("stop");
    private static final Keyword DEAD_LETTER = Keyword.intern("dead-letter");

    public Trigger {
      find = List.copyOf(find);
      where = List.copyOf(where);
      rules = List.copyOf(rules);
    }

    static Trigger of(Fields fields) {
      List<Object> where = fields.list("where", List.of());
      if (where.isEmpty()) {
        throw fields.wrong("where", "clauses, such as [[?i :item/free ?n] [(< ?n 5)]]");
      }
      return new Trigger(
          fields.text("db"),
          fields.list("find", List.of()),
          where,
          fields.list("rules", List.of()),
          choice(fields, "from", BEGINNING, NOW),
          !choice(fields, "own", SKIP, TELL),
          !choice(fields, "on-failure", DEAD_LETTER, STOP));
    }

    private static boolean choice(Fields fields, String key, Keyword word, Keyword missing) {
      Object value = fields.value(key);
      if (value != null && value != word && value != missing) {
        throw fields.wrong(key, word + " or " + missing);
      }
      return value == word;
    }

    @Override
    public Type type() {
      return Type.TRIGGER;
    }

    @Override
    public Map<Keyword, Object> toMap() {
      Map<Keyword, Object> map = new LinkedHashMap<>();
      map.put(Keyword.intern("db"), db);
      map.put(Keyword.intern("find"), find);
      map.put(Keyword.intern("where"), where);
      map.put(Keyword.intern("rules"), rules);
      map.put(Keyword.intern("from"), beginning ? BEGINNING : NOW);
      map.put(Keyword.intern("own"), own ? TELL : SKIP);
      map.put(Keyword.intern("on-failure"), stops ? STOP : DEAD_LETTER);
      return map;
    }
  }

  /// The kinds of origins.
  enum Type {
    DIRECTORY(
        Directory::of,
        10,
        1,
        "path",
        "path-param",
        "match",
        "changes",
        "settle-millis",
        "batch-size",
        "concurrency"),
    BUCKET(
        Bucket::of,
        10,
        1,
        "bucket",
        "bucket-param",
        "prefix",
        "endpoint",
        "endpoint-param",
        "region",
        "access-key",
        "access-key-param",
        "secret-key-param",
        "changes",
        "poll-secs",
        "batch-size",
        "concurrency"),
    QUEUE(Queue::of, 10, 5, "queue", "batch-size", "concurrency"),
    SCHEDULE(Schedule::of, 1, 1, "cron", "zone", "missed"),
    WEBHOOK(
        Webhook::of,
        1,
        5,
        "signature",
        "header",
        "secret-param",
        "id-header",
        "tolerance-secs",
        "as",
        "concurrency"),
    TRIGGER(Trigger::of, 1, 1, "db", "find", "where", "rules", "from", "own", "on-failure");

    private static final List<String> OF_ALL =
        List.of("type", "lambda", "fn", "description", "enabled", "timeout-secs", "retries");

    private final Function<Fields, Origin> reader;
    private final int batchSize;
    private final int concurrency;
    private final List<String> own;

    Type(Function<Fields, Origin> reader, int batchSize, int concurrency, String... own) {
      this.reader = reader;
      this.batchSize = batchSize;
      this.concurrency = concurrency;
      this.own = List.of(own);
    }

    static Type of(Fields fields) {
      Keyword given = fields.keyword("type");
      for (Type type : values()) {
        if (type.keyword() == given) {
          return type;
        }
      }
      throw fields.wrong("type", ":directory, :bucket, :queue, :schedule, :webhook or :trigger");
    }

    public Keyword keyword() {
      return Keyword.intern(name().toLowerCase(Locale.ROOT));
    }

    /// Events of one call, unless the configuration says.
    int batchSize() {
      return batchSize;
    }

    /// Calls at once, unless the configuration says.
    int concurrency() {
      return concurrency;
    }

    boolean has(String key) {
      return own.contains(key);
    }

    String[] keys() {
      List<String> keys = new ArrayList<>(OF_ALL);
      keys.addAll(own);
      return keys.toArray(String[]::new);
    }

    Origin read(Fields fields) {
      return reader.apply(fields);
    }
  }

  private static Set<Change> chosen(Fields fields) {
    if (!fields.contains("changes")) {
      return EnumSet.of(Change.CREATED, Change.MODIFIED);
    }
    Set<Change> changes = EnumSet.noneOf(Change.class);
    List<Object> given = fields.list("changes", List.of());
    for (Change change : Change.values()) {
      if (given.contains(change.keyword())) {
        changes.add(change);
      }
    }
    if (given.isEmpty() || changes.size() != given.size()) {
      throw fields.wrong("changes", "some of :created, :modified and :removed");
    }
    return changes;
  }

  private static List<Object> keywords(Set<Change> changes) {
    return new ArrayList<>(new TreeSet<>(changes).stream().map(Change::keyword).toList());
  }

  private static <T> T one(
      Fields fields, String key, T[] all, Function<T, Keyword> keyword, T missing) {
    if (!fields.contains(key)) {
      return missing;
    }
    for (T each : all) {
      if (keyword.apply(each) == fields.value(key)) {
        return each;
      }
    }
    throw fields.wrong(
        key,
        java.util.Arrays.stream(all)
            .map(each -> keyword.apply(each).toString())
            .collect(java.util.stream.Collectors.joining(", ")));
  }
}
