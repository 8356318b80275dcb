package valence.engine.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import clojure.lang.BigInt;
import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;

final class EntryPointTest {
  enum Color {
    RED,
    DARK_BLUE
  }

  record Price(BigDecimal amount, Optional<String> currency) {}

  record Item(
      long id,
      String itemName,
      List<Price> prices,
      @Nullable Item parent) {}

  /// What is called.
  public static final class Calls {
    public static String number(long n) {
      return "long";
    }

    public static String number(double n) {
      return "double";
    }

    public static String number(Object n) {
      return "object";
    }

    public static String number(long n, long... more) {
      return "more";
    }

    public static String text(CharSequence text) {
      return "chars";
    }

    public static String text(String text) {
      return "string";
    }

    public static Object instants(Instant instant, Date date) {
      return List.of(instant, date);
    }

    public static Object names(UUID id, URI uri, Color color) {
      return Arrays.asList(id, uri, color);
    }

    public static Object numbers(byte b, short s, int i, float f, BigDecimal d, BigInteger n) {
      return List.of(b, s, i, f, d, n);
    }

    public static int many(List<Integer> all) {
      int sum = 0;
      for (int each : all) {
        sum += each;
      }
      return sum;
    }

    public static long array(long[] all) {
      return Arrays.stream(all).sum();
    }

    public static Object set(Set<Color> all) {
      return all;
    }

    public static Object map(Map<String, Optional<Long>> all) {
      return all.values().stream().mapToLong(each -> each.orElse(0L)).sum();
    }

    public static Object item(Item item) {
      return item;
    }

    public static Object bytes(byte[] a, ByteBuffer b, java.io.InputStream c) throws Exception {
      return a.length + b.remaining() + c.readAllBytes().length;
    }

    public static Object optional(Optional<Color> color, OptionalLong number) {
      return Arrays.asList(color, number);
    }

    public static Object stream(long n) {
      return Stream.iterate(1L, each -> each + 1).limit(n);
    }

    public static Object nested() {
      return Map.of("a", List.of(Color.RED, new Object[] {Color.DARK_BLUE, new int[] {1}}));
    }

    public static String joined(String separator, Color... colors) {
      return String.join(separator, Stream.of(colors).map(Color::name).toList());
    }
  }

  private static @Nullable Object call(String name, @Nullable Object... arguments) {
    try {
      return EntryPoint.find(
              EntryPointTest.class.getClassLoader(), Symbol.intern(Calls.class.getName(), name))
          .answer(arguments);
    } catch (AnomalyException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theOverloadThatIsNearestToTheDataIsCalled() {
    assertThat(call("number", 1L)).isEqualTo("long");
    assertThat(call("number", 1)).isEqualTo("long");
    assertThat(call("number", 1.5)).isEqualTo("double");
    assertThat(call("number", "1")).isEqualTo("object");
    assertThat(call("number", 1L, 2L, 3L)).isEqualTo("more");
    assertThat(call("text", "a")).isEqualTo("string");
    assertThat(call("text", new StringBuilder("a"))).isEqualTo("chars");
    assertThat(call("number", new Object[] {null})).isEqualTo("object");
  }

  @Test
  void numbersFitWhereTheyFitExactly() {
    assertThat(call("numbers", 1L, 2L, 3L, 0.5, 7L, BigInt.fromLong(8)))
        .isEqualTo(
            List.of((byte) 1, (short) 2, 3, 0.5f, BigDecimal.valueOf(7), BigInteger.valueOf(8)));
    for (Object[] wrong : new Object[][] {
      {128L, 2L, 3L, 0.5, 7L, 8L},
      {1L, 2L, 1L << 31, 0.5, 7L, 8L},
      {1L, 2L, 3L, 0.1, 7L, 8L},
      {1L, 2L, 3L, 0.5, 7L, 8.5},
      {1L, 2L, "3", 0.5, 7L, 8L}
    }) {
      assertThatThrownBy(() -> call("numbers", wrong)).isInstanceOf(AnomalyException.class);
    }
  }

  @Test
  void textAndKeywordsBecomeWhatIsDeclared() {
    UUID id = UUID.randomUUID();
    assertThat(call("names", id.toString(), "https://a.b/c", kw("color/dark-blue")))
        .isEqualTo(List.of(id, URI.create("https://a.b/c"), kw("color/dark-blue")));
    for (Object red : List.of("RED", "red", kw("red"), kw("RED"), kw("color/red"), Color.RED)) {
      assertThat((List<?>) call("names", id, URI.create("a"), red))
          .last()
          .isEqualTo(kw("color/red"));
    }
    Instant instant = Instant.parse("2026-01-02T03:04:05Z");
    assertThat(call("instants", Date.from(instant), instant))
        .isEqualTo(call("instants", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"));
  }

  @Test
  void collectionsAreConvertedMemberByMember() {
    assertThat(call("many", List.of(1L, 2L, 3L))).isEqualTo(6);
    assertThat(call("many", Set.of(5L))).isEqualTo(5);
    assertThat(call("array", List.of(1, 2L))).isEqualTo(3L);
    assertThat(call("set", List.of("red", kw("color/dark-blue"))))
        .isEqualTo(Set.of(kw("color/red"), kw("color/dark-blue")));
    assertThat(call("map", Map.of("a", 1, "b", 2L))).isEqualTo(3L);
    assertThat(call("bytes", new byte[2], new byte[3], ByteBuffer.allocate(4))).isEqualTo(9);
    assertThat(call("joined", "+", "red", kw("dark-blue"))).isEqualTo("RED+DARK_BLUE");
    assertThat(call("joined", "+")).isEqualTo("");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void mapsBecomeRecordsAndRecordsMaps(boolean asJson) {
    Map<?, ?> given = asJson
        ? Map.of(
            "itemName",
            "tea",
            "id",
            0,
            "prices",
            List.of(Map.of("amount", 1.25, "currency", "EUR")),
            "parent",
            Map.of("id", 7, "item_name", "all", "prices", List.of()))
        : Map.of(
            kw("item/item-name"),
            "tea",
            kw("db/id"),
            0L,
            kw("prices"),
            List.of(Map.of(kw("amount"), 1.25, kw("price/currency"), "EUR")),
            kw("item/parent"),
            Map.of(kw("db/id"), 7L, kw("item-name"), "all", kw("item/prices"), List.of()));
    assertThat(call("item", given))
        .isEqualTo(Map.of(
            kw("item/item-name"), "tea",
            kw("item/prices"),
                List.of(Map.of(
                    kw("price/amount"), new BigDecimal("1.25"), kw("price/currency"), "EUR")),
            kw("item/parent"),
                Map.of(
                    kw("db/id"), 7L, kw("item/item-name"), "all", kw("item/prices"), List.of())));
  }

  @Test
  void answersBecomeData() {
    assertThat(call("optional", "red", 3L)).isEqualTo(List.of(kw("color/red"), 3L));
    assertThat(call("optional", null, null)).isEqualTo(Arrays.asList(null, null));
    assertThat(call("stream", 3L)).isEqualTo(List.of(1L, 2L, 3L));
    assertThat(call("nested"))
        .isEqualTo(
            Map.of("a", List.of(kw("color/red"), List.of(kw("color/dark-blue"), List.of(1L)))));
    assertThatThrownBy(() -> call("stream", Long.MAX_VALUE)).hasMessageContaining("1000000");
  }

  @Test
  void aRefusalNamesParameterExpectedAndFound() {
    assertThatThrownBy(() -> call("many", kw("a/b")))
        .hasMessageContaining("was given :a/b, a Keyword, as argument 1")
        .hasMessageContaining("Expected List<Integer>");
    assertThatThrownBy(() -> call("names", "x", URI.create("a"), "red"))
        .hasMessageContaining("\"x\", a String, as argument 1")
        .hasMessageContaining("Expected UUID");
    assertThatThrownBy(() -> call("joined", "+", kw("green")))
        .hasMessageContaining(":color/red, :color/dark-blue")
        .hasMessageContaining("joined(String separator, Color... colors)");
    assertThatThrownBy(() -> call("item", Map.of("id", 1L, "itemName", 5L)))
        .hasMessageContaining("its itemName is 5, not a java.lang.String");
    assertThatThrownBy(() -> call("item", Map.of("itemName", "a")))
        .hasMessageContaining("it has no id, which is a long");
    assertThatThrownBy(() -> call("array")).hasMessageContaining("given 0 arguments");
    Keyword error = ((AnomalyException)
            org.assertj.core.api.Assertions.catchThrowable(() -> call("array")))
        .anomaly()
        .error()
        .orElseThrow();
    assertThat((Object) error).isEqualTo(kw("db.error/wrong-arguments"));
  }
}
