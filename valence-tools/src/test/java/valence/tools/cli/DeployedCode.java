package valence.tools.cli;

import static valence.api.Valence.kw;

import java.util.List;
import java.util.Map;
import valence.api.Db;
import valence.ion.Cast;

/// Code that a test deploys.
public final class DeployedCode {
  private DeployedCode() {}

  public static long twice(long n) {
    return 2 * n;
  }

  public static long half(long n) {
    return n / 2;
  }

  /// Casts what it is given, in three ways.
  public static String said(String json) {
    String what = json.replace("\"", "");
    Cast.dev(Map.of("msg", what));
    Cast.event(Map.of("msg", what, "shop/said", what));
    Cast.alert(Map.of("msg", what));
    return "null";
  }

  public static List<?> stocked(Db before, String sku, long free) {
    return List.of(Map.of(kw("item/sku"), sku, kw("item/free"), free));
  }

  public static void ordered(String payload) {
    if (payload.contains("poison")) {
      throw new IllegalStateException("It is poison.");
    }
  }
}
