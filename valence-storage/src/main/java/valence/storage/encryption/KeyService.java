package valence.storage.encryption;

/// Keeps master keys and wraps data keys by them, so that a master key never comes here: a key
/// file, or the key management of a cloud.
///
/// Safe for many threads. Fails with `unavailable` when a retry may help, and `forbidden` when a
/// key is unknown, or doesn't open what it should have wrapped.
public interface KeyService {
  /// The id of the master key that wraps what is wrapped from now on: 1 to 200 characters without
  /// white space.
  String newestKeyId();

  /// Wraps a data key by a master key; the same context is needed to unwrap it.
  ///
  /// @return at most 1024 bytes
  byte[] wrap(String keyId, byte[] dataKey, byte[] context);

  /// The data key that was wrapped.
  byte[] unwrap(String keyId, byte[] wrapped, byte[] context);
}
