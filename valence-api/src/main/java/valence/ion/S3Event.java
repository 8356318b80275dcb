package valence.ion;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What happened to files of a directory or objects of a bucket, as S3 tells a Lambda: what a
/// function with a parameter of this type is called with. What else the event says isn't in it; a
/// function that wants that takes a `Map`.
public record S3Event(List<Entry> records) {
  public S3Event {
    records = List.copyOf(records);
  }

  /// One thing that happened.
  ///
  /// @param eventName `ObjectCreated:Put` or `ObjectRemoved:Delete`
  public record Entry(String eventSource, String eventName, Instant eventTime, Place s3) {
    /// Whether the object is there.
    public boolean isCreated() {
      return eventName.startsWith("ObjectCreated:");
    }

    /// The object's key as it is.
    public String key() {
      return URLDecoder.decode(s3.object().key(), StandardCharsets.UTF_8);
    }
  }

  /// Where it happened.
  public record Place(Bucket bucket, Thing object) {}

  /// A bucket; for a directory, the source.
  public record Bucket(String name) {}

  /// An object, or a file.
  ///
  /// @param key  encoded as in a URL, as S3 has it; [Entry#key] is as it is
  /// @param size in bytes; empty when it is gone
  public record Thing(String key, OptionalLong size, Optional<String> eTag) {}
}
