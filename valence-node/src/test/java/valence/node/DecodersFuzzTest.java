package valence.node;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.node.telemetry.SpanContext;
import valence.testing.Fuzz;
import valence.wire.Answer;
import valence.wire.EdnBody;
import valence.wire.Fields;
import valence.wire.Format;
import valence.wire.RowsReader;
import valence.wire.RowsWriter;
import valence.wire.access.AccessKey;
import valence.wire.access.Grant;
import valence.wire.access.Signature;
import valence.wire.ion.IonConfig;
import valence.wire.ion.Revision;
import valence.wire.schedule.Timetable;

/// What reads bytes of others, given anything at all.
final class DecodersFuzzTest {
  private static final List<String> BODIES = List.of(
      "{:db-name \"x\" :t 12 :as-of 7 :history true}",
      "{:query [:find ?e (count ?v) :in $ % [?a ...] :where [?e ?a ?v] (not [?e :x/y])"
          + " [(< ?v 3.5M)]] :args [#valence/db {:db-name \"x\" :with [[[:db/add 1 :a/b #{1 2}]]]}"
          + " #inst \"2026-01-01T00:00:00.000-00:00\""
          + " #uuid \"00000000-0000-0000-0000-000000000001\""
          + " #bytes \"00ff\" #uri \"http://x\" #float \"1.5\""
          + " #double \"NaN\" \\a \\newline 1/3 12N nil]}",
      "{:ok [#datom [1 :a/b \"v\\n\\u00e9\" 13194139533312 true] ##Inf -0 1e10 :a sym/bol]}",
      "{:cognitect.anomalies/category :cognitect.anomalies/busy :db/error :x/y}",
      "[[[[[[[[[[{#{()} {}}]]]]]]]]]] ; comment\n");

  @Test
  void edn() {
    new Fuzz("edn", 3_000)
        .run(BODIES, input -> Edn.print(Edn.read(new String(input, StandardCharsets.UTF_8))));
  }

  @ParameterizedTest
  @EnumSource
  void bodiesOfRequests(Format format) {
    new Fuzz("body-" + format, 3_000).runBytes(bodies(format), input -> {
      Fields request = Fields.of("q", format.decode(input, 20));
      format.encode(request.whole());
    });
  }

  @ParameterizedTest
  @EnumSource
  void rowsInChunks(Format format) {
    // Lines and frames of a node that isn't one: broken off, or said to be at fault.
    List<byte[]> answers = new ArrayList<>();
    for (byte[] body : bodies(format)) {
      RowsWriter rows = new RowsWriter(format, 2);
      rows.add(format.decode(body, 100));
      rows.add(Map.of());
      byte[] chunk = rows.take();
      byte[] end = rows.end(new Answer.Success(2L));
      byte[] all = Arrays.copyOf(chunk, chunk.length + end.length);
      System.arraycopy(end, 0, all, chunk.length, end.length);
      answers.add(all);
    }
    new Fuzz("rows-" + format, 2_000).runBytes(answers, input -> {
      try (RowsReader rows = new RowsReader(format, new ByteArrayInputStream(input))) {
        while (rows.next().isPresent()) {}
      } catch (AnomalyException e) {
        if (e.anomaly().category() != Anomaly.Category.FAULT) {
          throw e;
        }
      } catch (EOFException e) {
        assert e != null; // it broke off
      }
    });
  }

  private static List<byte[]> bodies(Format format) {
    return BODIES.stream()
        .map(text ->
            format.encode(EdnBody.parse(text.replace("1/3", "").replace("[1 :a/b", "[1 2"))))
        .toList();
  }

  @Test
  void bodiesOfAnswers() {
    // A node that answers something else is at fault, and is said to be.
    new Fuzz("answer", 3_000).run(BODIES, input -> {
      try {
        Answer.decode(input);
      } catch (valence.api.AnomalyException e) {
        if (!e.getMessage().contains("neither {:ok …} nor an anomaly")) {
          throw e;
        }
      }
    });
  }

  @Test
  void signatures() {
    AccessKey key = AccessKey.random();
    List<String> headers = List.of(
        Signature.of(key, 1, "POST", "/api/q", "", "0".repeat(64)).header(),
        "Basic dXNlcjpwYXNz",
        "AWS4-HMAC-SHA256 Credential=x/y, SignedHeaders=host, Signature=00");
    byte[] signingKey = key.signingKey();
    new Fuzz("signature", 5_000)
        .run(
            headers,
            input -> Signature.parse(new String(input, StandardCharsets.ISO_8859_1))
                .ifPresent(signature -> signature.signs(signingKey, "POST", "/api/q", "")));
  }

  @Test
  void grants() {
    new Fuzz("grant", 5_000)
        .run(
            List.of("read:shop", "all", "administer:*"),
            input -> Grant.parse(new String(input, StandardCharsets.UTF_8)));
  }

  @Test
  void timetables() {
    Instant after = Instant.parse("2026-01-31T12:00:00Z");
    ZoneId zone = ZoneId.of("Europe/Berlin");
    new Fuzz("timetable", 3_000)
        .run(
            List.of(
                "*/5 8-18 1,15 JAN-MAR MON#1",
                "cron(0 12 ? * MON-FRI 2026-2030)",
                "cron(0 12 LW FEB ? *)",
                "0 0 29 2 *",
                "rate(5 minutes)",
                "@every 1h30m"),
            input -> Timetable.parse(new String(input, StandardCharsets.UTF_8)).next(after, zone));
  }

  @Test
  void contexts() {
    new Fuzz("trace-context", 2_000)
        .run(
            List.of("00-" + "1".repeat(32) + "-" + "2".repeat(16) + "-01", "cc-x"),
            input -> SpanContext.parse(new String(input, StandardCharsets.UTF_8), "a=b", "c=d"));
  }

  @Test
  void mediaTypes() {
    new Fuzz("media-type", 2_000)
        .run(
            List.of(
                "application/json; charset=utf-8",
                "text/html, application/vnd.valence, */*",
                "\u0130".repeat(20_000)),
            input -> {
              String header = new String(input, StandardCharsets.UTF_8);
              Format.ofAccept(header, Format.ofContentType(header));
            });
  }

  @Test
  void configurationsAndRevisions() {
    String config = "{:app-name \"shop\" :allow [shop.Shop/twice]"
        + " :lambdas {:echo {:fn shop.Shop/echo"
        + " :timeout-secs 1 :concurrency-limit :none}}"
        + " :schema [shop/schema.edn] :check {:fn shop.Shop/check :timeout-secs 5}"
        + " :sources {:inbox {:type :directory :path \"/in\" :fn shop.Shop/echo}"
        + " :night {:type :schedule :cron \"0 3 * * *\" :fn shop.Shop/echo}"
        + " :hook {:type :webhook :secret-param \"x\" :signature :stripe :fn shop.Shop/echo}}"
        + " :http-direct {:handler-fn shop.Shop/handle}}";
    new Fuzz("config", 2_000)
        .run(List.of(config), input -> IonConfig.parse(new String(input, StandardCharsets.UTF_8)));
    String revision = "{:app-name \"shop\" :rev \"unreproducible/x\" :pushed-by \"x\" :config "
        + config + " :artifacts [{:id \"" + "0".repeat(64)
        + "\" :name \"x.jar\" :size 1 :kind :application}]}";
    new Fuzz("revision", 2_000)
        .run(
            List.of(revision),
            input -> Revision.of(EdnBody.decode(input) instanceof Map<?, ?> map ? map : Map.of()));
  }
}
