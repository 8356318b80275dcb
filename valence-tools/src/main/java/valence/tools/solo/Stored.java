package valence.tools.solo;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a system's facts are, and by what they are encrypted.
///
/// @param address a directory, or an address such as `jdbc:postgresql:…`, which may hold a
/// password;
///     null for the system's folder
/// @param keyFile null when they aren't encrypted
/// @param caching arguments of the node's command that say where copies of segments are kept
/// @param memory  options of the node's JVM that say how much memory it may take
public record Stored(
    @Nullable String address, @Nullable Path keyFile, List<String> caching, List<String> memory) {
  /// In the system's folder, not encrypted.
  public static final Stored PLAINLY = new Stored(null, null);

  public Stored {
    caching = List.copyOf(caching);
    memory = List.copyOf(memory);
  }

  /// Without copies.
  public Stored(@Nullable String address, @Nullable Path keyFile) {
    this(address, keyFile, List.of(), List.of());
  }

  /// What a node reads its address from: an argument would be shown to all users.
  static final String VARIABLE = "VALENCE_STORAGE";

  /// Puts the address into the environment of a node to be, or takes out what isn't meant for it.
  void putInto(Map<String, String> environment) {
    if (address == null) {
      environment.remove(VARIABLE);
    } else {
      environment.put(VARIABLE, address);
    }
  }

  @Override
  public String toString() {
    return "Stored";
  }
}
