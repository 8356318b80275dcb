package inventory;

import java.util.List;
import valence.ion.LambdaContext;

/// What has to be ordered.
public final class Shortages {
  private Shortages() {}

  /// Lambda handler: the items whose level isn't `good`; the payload is ignored.
  public static String list(String payload, LambdaContext context) {
    List<Item> items = Item.all(Inventory.connection().db());
    return Json.write(
        items.stream().filter(item -> !item.level().equals("good")).toList());
  }
}
