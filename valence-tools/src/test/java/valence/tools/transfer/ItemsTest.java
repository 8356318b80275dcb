package valence.tools.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ItemsTest {
  private static List<Item> items(Kind kind, String text) throws IOException {
    Items items = Items.of(kind, new BufferedReader(new StringReader(text)), ',');
    List<Item> all = new ArrayList<>();
    for (Item item = items.next(); item != null; item = items.next()) {
      all.add(item);
    }
    return all;
  }

  @Test
  void anyCellsComeBackFromCsv() throws IOException {
    for (long seed = 1; seed <= 200; seed++) {
      var random = new SplittableRandom(seed);
      String letters = "ab\",\n\r ;\ufeffé";
      List<Map<String, Object>> rows = new ArrayList<>();
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "\ufeffx,y\n" : "x,y\r\n");
      for (int i = random.nextInt(5); i >= 0; i--) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (String column : List.of("x", "y")) {
          if (column.equals("x") || random.nextBoolean()) {
            StringBuilder cell = new StringBuilder();
            for (int j = random.nextInt(6); j > 0; j--) {
              cell.append(letters.charAt(random.nextInt(letters.length())));
            }
            row.put(column, cell.toString());
            text.append('"').append(cell.toString().replace("\"", "\"\"")).append('"');
          }
          text.append(column.equals("x") ? "," : "\n");
        }
        rows.add(row);
      }
      List<Item> items = items(Kind.CSV, text.toString());
      assertThat(items).as("seed " + seed).hasSameSizeAs(rows);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(items.get(i)).as("seed " + seed).isInstanceOf(Item.Row.class);
        assertThat(((Item.Row) items.get(i)).cells()).as("seed " + seed).isEqualTo(rows.get(i));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"a": 1,}                 | a key was expected, in double quotes (column 9)
      {"a" 1}                   | ':' was expected (column 6)
      {"a": 01}                 | a number can't begin with 0 (column 7)
      {"a": "\\x"}              | a backslash stands before what needs none (column 9)
      {"a": tru}                | a value was expected (column 7)
      [1]                       | it is no object
      {"a": 1} x                | there is more after the value (column 10)
      """)
  void whatIsNoJsonIsSaidWithItsColumn(String line, String why) throws IOException {
    assertThat(items(Kind.JSONL, "{}\n" + line))
        .last()
        .isInstanceOfSatisfying(Item.Bad.class, bad -> {
          assertThat(bad.line()).isEqualTo(2);
          assertThat(bad.why()).startsWith(why);
        });
  }

  @Test
  void formsOfEdnMayBeLaidOutInAnyWay() throws IOException {
    String text = "{:a 1}{:b\n2} ; {:c 3}\n[{:d 4}\n [:db/add 1 :e 5]]\n#_{:f 6}\n[:db/add 2 :g 7]";
    assertThat(items(Kind.EDN, text)).extracting(Item::line).containsExactly(1L, 1L, 3L, 3L, 6L);
  }

  @ParameterizedTest
  @CsvSource({
    "12, long, true",
    "007, long, false",
    "-3, long, true",
    "9223372036854775808, long, false",
    "1e3, double, true",
    "1., double, false",
    "2024-01-31, instant, true",
    "2024-01-31T10:00:00+02:00, instant, true",
    "2024-01-31T10:00, instant, true",
    "2024-02-30, instant, false",
    "31.1.2024, instant, false",
    "true, boolean, true",
    "yes, boolean, false",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8, uuid, true",
  })
  void aTextIsAValueOrIsNone(String text, String type, boolean is) {
    assertThat(Values.of(text, type).isPresent()).isEqualTo(is);
  }
}
