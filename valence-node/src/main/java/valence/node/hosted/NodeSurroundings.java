package valence.node.hosted;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.edn.Edn;
import valence.ion.AppInfo;
import valence.ion.spi.Surroundings;
import valence.node.app.CodeLoader;

/// `AppInfo` and `Cast` on a node.
public final class NodeSurroundings implements Surroundings {
  private static final Logger LOG = LoggerFactory.getLogger("cast");
  private static final Keyword EX = Keyword.intern("ex");
  private static final int TEXT_CHARACTERS_MAX = 8 << 10;

  @Override
  public Optional<AppInfo> appInfo() {
    return Asking.code().map(CodeLoader::appInfo);
  }

  @Override
  public void cast(String kind, Map<Keyword, Object> said) {
    Map<Keyword, Object> fields = new LinkedHashMap<>(said);
    Throwable thrown = fields.remove(EX) instanceof Throwable ex ? ex : null;
    switch (kind) {
      case "alert" -> LOG.warn("cast-alert said={}", text(fields), thrown);
      case "dev" -> LOG.debug("cast-dev said={}", text(fields));
      default -> LOG.info("cast-{} said={}", kind, text(fields));
    }
  }

  private static String text(@Nullable Object value) {
    String text = Edn.print(value);
    return text.length() <= TEXT_CHARACTERS_MAX
        ? text
        : text.substring(0, TEXT_CHARACTERS_MAX) + "…";
  }
}
