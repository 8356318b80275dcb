package valence.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.edn.Edn;
import valence.edn.Persistent;

/// The three forms of bodies carry the same values.
final class FormatTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int CASES = Integer.getInteger("cases", 2_000);
  private static final String[] TEXTS = {
    "",
    "a",
    ":a",
    "'",
    "':x",
    "#inst",
    "?e",
    "tea-01",
    "é𝄞\n\"\\\t\u0001",
    "\uD83D",
    "a/b",
    "x".repeat(300)
  };

  @ParameterizedTest
  @EnumSource
  void whateverIsWrittenIsReadAgain(Format format) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < CASES; i++) {
      Object value = EdnBody.parse(EdnBody.text(value(random, 4)));
      Object read = format.decode(format.encode(value), Edn.DEPTH_MAX);
      assertThat(EdnBody.text(read)).as("seed %s, case %s", SEED, i).isEqualTo(EdnBody.text(value));
    }
  }

  private static @Nullable Object value(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth == 0 ? 16 : 23)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong();
      case 3 -> (long) random.nextInt(-5, 200);
      case 4 -> text(random);
      case 5 -> Words.keyword(random.nextBoolean() ? "k" + random.nextInt(90) : "ns/" + "k'#");
      case 6 -> Words.symbol(random.nextBoolean() ? "?e" : "a.b/c" + random.nextInt(3));
      case 7 -> random.nextBoolean() ? random.nextDouble() : Double.NEGATIVE_INFINITY;
      case 8 -> random.nextBoolean() ? Double.NaN : 1e300;
      case 9 -> new BigInteger(random.nextInt(2) + "12345678901234567890123");
      case 10 -> new BigDecimal("-12.3400");
      case 11 -> new Date(random.nextLong(-100_000_000_000_000L, 100_000_000_000_000L));
      case 12 -> new UUID(random.nextLong(), random.nextLong());
      case 13 -> random.nextBoolean() ? (Object) 'é' : 1.5f;
      case 14 -> URI.create("http://x/" + random.nextInt(9));
      case 15 -> new byte[] {1, (byte) random.nextInt(), -1};
      case 16 -> Persistent.list(items(random, depth));
      case 17 -> Persistent.set(items(random, depth));
      case 18 -> new Datom(1L << 50, 72, text(random), random.nextLong(), random.nextBoolean());
      case 19 -> DbValue.newest("x").plus(items(random, depth)).withAsOf(7L).withHistory();
      case 20 -> {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (Object key : items(random, depth)) {
          map.put(key == null ? "nil" : key, value(random, depth - 1));
        }
        yield map;
      }
      default -> items(random, depth);
    };
  }

  private static List<@Nullable Object> items(SplittableRandom random, int depth) {
    List<@Nullable Object> items = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    for (int i = random.nextInt(random.nextInt(20) == 0 ? 70 : 5); i > 0; i--) {
      Object item = value(random, depth - 1);
      if (!(item instanceof byte[]) && !seen.contains(Edn.print(item))) {
        items.add(item);
        seen.add(Edn.print(item));
      }
    }
    return items;
  }

  private static String text(SplittableRandom random) {
    return TEXTS[random.nextInt(TEXTS.length)];
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{:db-name \"x\" :n 42 :d 1.5 :b true :z nil}"
            + "|{\"db-name\":\"x\",\"n\":42,\"d\":1.5,\"b\":true,\"z\":null}",
        "[:item/sku \":a\" \"'b\"]|[\":item/sku\",\"':a\",\"''b\"]",
        "{\"tea\" 17592186045416}|{\"'tea\":17592186045416}",
        "{1 2}|{\"#map\":[[1,2]]}",
        "#{1}|{\"#set\":[1]}",
        "(count ?e)|{\"#list\":[{\"#symbol\":\"count\"},{\"#symbol\":\"?e\"}]}",
        "9007199254740993|{\"#long\":\"9007199254740993\"}",
        "#inst \"2026-01-31T23:59:00.000-00:00\"|{\"#inst\":\"2026-01-31T23:59:00.000-00:00\"}",
        "#datom [1 2 \"v\" 3 true]|{\"#datom\":[1,2,\"v\",3,true]}",
        "#valence/db {:db-name \"x\", :t 7}|{\"#valence/db\":{\"db-name\":\"x\",\"t\":7}}",
        "12.50M|{\"#bigdec\":\"12.50\"}",
        "#bytes \"00ff\"|{\"#bytes\":\"00ff\"}",
      })
  void jsonIsWrittenAsTheProtocolSays(String edn, String json) {
    assertThat(new String(Format.JSON.encode(EdnBody.parse(edn)), UTF_8)).isEqualTo(json);
    assertThat(EdnBody.text(Format.JSON.decode(json.getBytes(UTF_8), 100)))
        .isEqualTo(EdnBody.text(EdnBody.parse(edn)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"#edn\":\"[:find ?e]\"}|[:find ?e]",
        "{\":a/b\":1}|{:a/b 1}",
        "{\"#double\":1}|1.0",
        "{\"#long\":5}|5",
        "{\"#inst\":\"2026-01-31\"}|#inst \"2026-01-31T00:00:00.000-00:00\"",
        "12345678901234567890|12345678901234567890N",
        " [ 1 , 2e3 ]  |[1 2000.0]",
      })
  void jsonOfOthersIsUnderstood(String json, String edn) {
    assertThat(EdnBody.text(Format.JSON.decode(json.getBytes(UTF_8), 100))).isEqualTo(edn);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":1,\"a\":2}|the key \"a\" is there twice",
        "{\"my key\":1}|is the name of no keyword",
        "{\"#nothing\":1}|no tag that is known",
        "{\"#set\":[1,1]}|an item is there twice",
        "{\"#inst\":\"soon\"}|#inst",
        "{\"#set\":[],\"b\":1}|stands alone in its object",
        "[1,]|a value was expected",
        "[1|',' was expected",
        "{\"a\":\"b|a string has no end",
        "01|a number can't begin with 0",
        "'x'|a value was expected",
      })
  void jsonThatIsNoneIsRefusedWithItsPlace(String json, String message) {
    assertThatThrownBy(() -> Format.JSON.decode(json.getBytes(UTF_8), 100))
        .isInstanceOfSatisfying(
            AnomalyException.class,
            e -> assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.INCORRECT))
        .hasMessageContaining(message);
  }

  @Test
  void aNameIsWrittenOnceInAMessage() {
    Object rows = EdnBody.parse("[" + "{:item/very-long-name 1} ".repeat(1_000) + "]");
    assertThat(Format.BINARY.encode(rows)).hasSizeLessThan(5_000);
  }

  @Test
  void aMessageOfAnotherVersionSaysSo() {
    byte[] message = Format.BINARY.encode(1L);
    message[1] = 9;
    assertThatThrownBy(() -> Format.BINARY.decode(message, 100))
        .hasMessageContaining("its version is 9, and only 1 is known here");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsDeeperThanAllowedIsRefused(Format format) {
    byte[] body = format.encode(EdnBody.parse("[".repeat(20) + "1" + "]".repeat(20)));
    assertThat(format.decode(body, 20)).isNotNull();
    assertThatThrownBy(() -> format.decode(body, 19)).hasMessageContaining("deeper than 19");
  }

  @ParameterizedTest
  @EnumSource
  void rowsComeInChunksAndEndWithAnAnswer(Format format) throws IOException {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    RowsWriter writer = new RowsWriter(format, 3);
    for (long i = 0; i < 8; i++) {
      if (writer.add(Arrays.asList(i, "\n", null))) {
        sent.writeBytes(writer.take());
      }
    }
    sent.writeBytes(writer.take());
    int whole = sent.size();
    sent.writeBytes(writer.end(new Answer.Failure(Anomaly.incorrect("db.error/x", "Half way."))));
    List<Integer> sizes = new ArrayList<>();
    List<Object> rows = new ArrayList<>();
    try (var reader = new RowsReader(format, new ByteArrayInputStream(sent.toByteArray()))) {
      for (int i = 0; i < 3; i++) {
        List<?> chunk = reader.next().orElseThrow();
        sizes.add(chunk.size());
        rows.addAll(chunk);
      }
      assertThatThrownBy(reader::next).hasMessage("Half way.");
    }
    assertThat(sizes).containsExactly(3, 3, 2);
    assertThat(rows.get(7)).isEqualTo(Arrays.asList(7L, "\n", null));
    byte[] broken = Arrays.copyOf(sent.toByteArray(), whole);
    try (var reader = new RowsReader(format, new ByteArrayInputStream(broken))) {
      Optional<List<?>> chunk = reader.next();
      assertThat(chunk).isPresent();
      reader.next();
      reader.next();
      assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void whatHasNoFormIsRefusedWhereItIsWritten() {
    for (Format format : List.of(Format.JSON, Format.BINARY)) {
      assertThatThrownBy(() -> format.encode(List.of(new Object())))
          .hasMessageContaining("java.lang.Object can't cross the network");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "application/json,JSON",
    "'text/html, application/json;q=0.9, */*',JSON",
    "application/vnd.valence,BINARY",
    "*/*,EDN",
    "text/html,EDN"
  })
  void theFirstFormThatIsAcceptedIsTaken(String accept, Format format) {
    assertThat(Format.ofAccept(accept, Format.EDN)).isEqualTo(format);
  }
}
