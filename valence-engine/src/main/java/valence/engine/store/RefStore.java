package valence.engine.store;

import java.util.List;
import java.util.Optional;

/// The few mutable cells of a storage: a name, a small value, a version.
///
/// Safe for many threads and for several processes on one storage. Linearizable: a get that begins
/// after a successful set returns sees it. Fails with `unavailable` when a retry may help and
/// `fault` when not; after a failed set its outcome is unknown.
public interface RefStore extends AutoCloseable {
  int VALUE_BYTES_MAX = 256 << 10;
  /// The version of a name that has no value.
  long ABSENT = 0;

  /// A value and its version.
  ///
  /// @param version above [#ABSENT], grows with each set of the name, also past a delete
  /// @param bytes   owned by whoever holds it
  record Ref(long version, byte[] bytes) {}

  /// @param name at most 512 characters of `a-z A-Z 0-9 . _ - /`
  Optional<Ref> get(String name);

  /// Sets the value if its version is still the expected one; returns once it would survive the
  /// loss of power.
  ///
  /// @param expectedVersion [#ABSENT] when there should be no value
  /// @param bytes at most [#VALUE_BYTES_MAX]; not kept after the return
  /// @return false when the version is another; nothing is written then
  boolean compareAndSet(String name, long expectedVersion, byte[] bytes);

  /// Removes the value if its version is still the expected one.
  boolean compareAndDelete(String name, long expectedVersion);

  /// The names that begin with a prefix and have a value, sorted.
  List<String> list(String prefix);

  @Override
  void close();
}
