package valence.ion;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A time of a schedule, or another event, as EventBridge tells a Lambda: what a function with a
/// parameter of this type is called with.
///
/// @param id         the same for the same time, however often it is delivered
/// @param detailType `Scheduled Event` for a schedule
/// @param time       that the schedule has, which may be before now
/// @param resources  ARNs of what it is about; of a schedule, of its rule
/// @param detail     what else is told; of a schedule, nothing
public record ScheduledEvent(
    String id,
    String detailType,
    String source,
    Instant time,
    List<String> resources,
    Map<String, @Nullable Object> detail) {
  public ScheduledEvent {
    resources = List.copyOf(resources);
  }
}
