package valence.tools.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import valence.testing.Fuzz;

/// Files to import that are anything at all: each item is taken, or said to be bad.
final class ItemsFuzzTest {
  private static final List<String> TYPES = List.of(
      "long", "double", "bigint", "bigdec", "float", "boolean", "string", "keyword", "symbol",
      "instant", "uuid", "uri", "ref", "bytes", "tuple");

  private static List<String> files(Kind kind) {
    return switch (kind) {
      case CSV ->
        List.of(
            "id,name,at,ref\n1,\"a \"\"b\"\"\nc\",2026-01-31T12:00:00+0200,\"[:n/id 5]\"\r\n2,,,\n",
            "\uFEFFa\n1e5\n-3\ntrue\n:a/b\n0f8fad5b-d9cb-469f-a165-70867728950e\n");
      case JSONL ->
        List.of(
            "{\"id\":1,\"a\":[1,{\"b\":null}],\"t\":\"2026-01-31\"}\n\n{\"x\":1.5e300}\n[1]\n",
            "{\"a\":\"\\ud83d\\ude00\",\"a\":12345678901234567890}");
      case EDN ->
        List.of(
            "{:valence/export 1}\n[{:db/id \"a\" :n/id 1} [:db/add \"a\" :n/x #inst \"2026\"]]\n",
            "{:a 1} ; c\n#_{:b 2} #{3} (a/b 1)\n[:db/retract 5 :a 1]");
    };
  }

  @ParameterizedTest
  @EnumSource
  void items(Kind kind) {
    new Fuzz("import-" + kind, 2_000).run(files(kind), input -> {
      try (var in =
          new BufferedReader(new InputStreamReader(new ByteArrayInputStream(input), UTF_8))) {
        Items items = Items.of(kind, in, ',');
        for (Item item = items.next(); item != null; item = items.next()) {
          if (item instanceof Item.Row row) {
            row.cells().values().forEach(cell -> TYPES.forEach(type -> Values.of(cell, type)));
          }
        }
      }
    });
  }
}
