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
import valence.wire.ion.Coordinates;
import valence.wire.ion.Revision;

/// What a push did.
///
/// @param rev      the revision's name: a commit's SHA, or `unreproducible/<name>`
/// @param known    whether the system had the revision already
/// @param parts    what the revision is made of, in the order of its class path
/// @param warnings what the developer may not have meant
/// @param groups   the compute groups that it could be deployed to: those that run the application
///     or none
/// @param build    how long the build took; zero when none was needed
/// @param upload   how long hashing, asking and uploading took
public record Pushed(
    String appName,
    String rev,
    boolean known,
    List<Part> parts,
    List<String> warnings,
    List<String> groups,
    Duration build,
    Duration upload) {
  public Pushed {
    parts = List.copyOf(parts);
    warnings = List.copyOf(warnings);
    groups = List.copyOf(groups);
  }

  /// An artifact, and whether it had to be uploaded.
  ///
  /// @param licences as the library names them; empty when it doesn't, and when nobody asked
  public record Part(Artifact artifact, boolean moved, List<String> licences) {
    public Part {
      licences = List.copyOf(licences);
    }

    Map<Keyword, Object> toMap() {
      Map<Keyword, Object> map = new LinkedHashMap<>(artifact.toMap());
      map.put(kw("moved"), moved);
      if (!licences.isEmpty()) {
        map.put(kw("licences"), licences);
      }
      return map;
    }

    /// What it is called by who chooses libraries.
    String title() {
      Coordinates coordinates = artifact.coordinates();
      return coordinates == null
          ? artifact.name()
          : coordinates.library() + " " + coordinates.version();
    }
  }

  public List<Part> moved() {
    return parts.stream().filter(Part::moved).toList();
  }

  /// Words that deploy the revision, to follow the name of the command line.
  public String deployWords() {
    return "deploy " + appName + " " + rev + " --wait";
  }

  /// What the push did, for programs.
  ///
  /// @param deployCommand as one would type it
  public Map<Keyword, Object> toMap(String deployCommand) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("app-name"), appName);
    map.put(kw("rev"), rev);
    if (rev.startsWith(Revision.UNREPRODUCIBLE)) {
      map.put(kw("uname"), rev.substring(Revision.UNREPRODUCIBLE.length()));
    }
    map.put(kw("deploy-groups"), groups);
    map.put(kw("deploy-command"), deployCommand);
    map.put(kw("known"), known);
    map.put(kw("artifacts"), parts.stream().map(Part::toMap).toList());
    map.put(kw("bytes"), bytes(parts));
    map.put(kw("moved-bytes"), bytes(moved()));
    map.put(kw("warnings"), warnings);
    map.put(kw("build-millis"), build.toMillis());
    map.put(kw("upload-millis"), upload.toMillis());
    return map;
  }

  /// What the push did, for people: a line per artifact, one for the sum, one for the times.
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    int width =
        parts.stream().mapToInt(part -> part.artifact().name().length()).max().orElse(0);
    for (Part part : parts) {
      String name = part.artifact().name();
      String size = String.format(Locale.ROOT, "%,12d bytes", part.artifact().size());
      String padding = " ".repeat(width - name.length());
      lines.add(name + padding + size + (part.moved() ? "  moved" : "  there already"));
    }
    lines.add(String.format(
        Locale.ROOT,
        "%d of %d artifacts moved, %,d of %,d bytes",
        moved().size(),
        parts.size(),
        bytes(moved()),
        bytes(parts)));
    if (build.isZero()) {
      lines.add("the system knows this commit: nothing was built, nothing moved");
    } else {
      lines.add("built in " + seconds(build) + ", uploaded in " + seconds(upload));
    }
    return lines;
  }

  /// The libraries with their licences, a line each.
  public List<String> libraryLines() {
    List<Part> libraries = parts.stream()
        .filter(part -> part.artifact().kind() == Artifact.Kind.LIBRARY)
        .toList();
    int width = libraries.stream().mapToInt(part -> part.title().length()).max().orElse(0);
    return libraries.stream()
        .map(part -> part.title() + " ".repeat(width - part.title().length()) + "  "
            + (part.licences().isEmpty() ? "says no licence" : String.join(", ", part.licences())))
        .toList();
  }

  private static long bytes(List<Part> parts) {
    return parts.stream().mapToLong(part -> part.artifact().size()).sum();
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
  }
}
