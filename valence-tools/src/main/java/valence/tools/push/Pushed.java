package valence.tools.push;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import valence.wire.ion.Artifact;

/// What a push did.
///
/// @param rev     the revision's name: a commit's SHA, or `unreproducible/<name>`
/// @param known   whether the system had the revision already
/// @param parts   what the revision is made of, in the order of its class path
/// @param build   how long the build took; zero when none was needed
/// @param upload  how long hashing, asking and uploading took
public record Pushed(
    String appName, String rev, boolean known, List<Part> parts, Duration build, Duration upload) {
  public Pushed {
    parts = List.copyOf(parts);
  }

  /// An artifact, and whether it had to be uploaded.
  public record Part(Artifact artifact, boolean moved) {
    Map<Keyword, Object> toMap() {
      Map<Keyword, Object> map = new LinkedHashMap<>(artifact.toMap());
      map.put(kw("moved"), moved);
      return map;
    }
  }

  public List<Part> moved() {
    return parts.stream().filter(Part::moved).toList();
  }

  public Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("app-name"), appName);
    map.put(kw("rev"), rev);
    map.put(kw("known"), known);
    map.put(kw("artifacts"), parts.stream().map(Part::toMap).toList());
    map.put(kw("build-millis"), build.toMillis());
    map.put(kw("upload-millis"), upload.toMillis());
    return map;
  }

  /// What the push did, for people: a line per artifact, and one for the times.
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    int width =
        parts.stream().mapToInt(part -> part.artifact().name().length()).max().orElse(0);
    for (Part part : parts) {
      String name = part.artifact().name();
      String size = String.format(Locale.ROOT, "%,10d bytes", part.artifact().size());
      String padding = " ".repeat(width - name.length());
      lines.add(name + padding + size + (part.moved() ? "  moved" : "  there already"));
    }
    if (build.isZero()) {
      lines.add("the system knows this commit: nothing was built, nothing moved");
    } else {
      lines.add("built in " + seconds(build) + ", uploaded in " + seconds(upload));
    }
    return lines;
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
  }
}
