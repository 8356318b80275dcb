package valence.node.source;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import valence.wire.ion.Origin;

/// Tells of objects that came, changed or went in a bucket, by listing it again and again.
final class BucketFeeder implements Feeder {
  private final String source;
  private final Origin.Bucket origin;
  private final SettingValues parameters;
  private final Sightings sightings;
  private final Clock clock;
  private volatile int objectCount;

  BucketFeeder(
      String source,
      Origin.Bucket origin,
      SettingValues parameters,
      Sightings sightings,
      Clock clock) {
    this.source = source;
    this.origin = origin;
    this.parameters = parameters;
    this.sightings = sightings;
    this.clock = clock;
  }

  @Override
  public String position() {
    return objectCount + " objects";
  }

  @Override
  public Duration feed() throws Exception {
    String bucket = parameters.required(source, origin.bucket());
    Map<String, BucketListing.Listed> objects = new HashMap<>();
    try (BucketListing listing = BucketListing.open(source, origin, parameters, clock)) {
      listing.all(bucket, origin.prefix(), each -> objects.put(each.key(), each));
    }
    Map<String, String> states = new HashMap<>();
    objects.forEach((key, object) -> states.put(key, object.state()));
    objectCount = states.size();
    List<Sightings.Changed> changes = new ArrayList<>(sightings.changed(states));
    changes.addAll(sightings.removed(states.keySet()));
    sightings.tell(changes, changed -> event(bucket, changed, objects.get(changed.key())));
    return Duration.ofSeconds(origin.pollSecs());
  }

  private S3Event event(
      String bucket,
      Sightings.Changed changed,
      BucketListing.@org.jspecify.annotations.Nullable Listed object) {
    return new S3Event(
        source,
        bucket,
        changed.key(),
        changed.change(),
        object == null ? 0 : object.size(),
        object == null ? "" : object.etag(),
        clock.instant(),
        Map.of());
  }
}
