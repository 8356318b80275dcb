package valence.node.access;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.Fields;
import valence.wire.access.AccessKey;

/// Everyone who may do something, and their keys. A value: each change gives another.
record Roster(List<Principal> principals, List<NodeKey> keys) {
  static final Roster EMPTY = new Roster(List.of(), List.of());

  static final int PRINCIPAL_COUNT_MAX = 1_000;

  /// How many keys of a principal may be valid at once, so that a forgotten one is noticed.
  static final int VALID_KEY_COUNT_MAX = 8;

  /// How long a key that ended is still listed.
  private static final Duration LISTED_AFTER_END = Duration.ofDays(90);

  private static final long FORMAT = 1;

  Roster {
    principals = List.copyOf(principals);
    keys = List.copyOf(keys);
  }

  static Roster of(@Nullable Object form) {
    Fields fields = Fields.of("keys.edn", form);
    fields.only("format", "principals", "keys");
    fields.number("format", FORMAT, FORMAT);
    Roster roster = new Roster(
        fields.list("principals", List.of()).stream().map(Principal::of).toList(),
        fields.list("keys", List.of()).stream().map(NodeKey::of).toList());
    for (NodeKey key : roster.keys) {
      roster.existing(key.principal());
    }
    return roster;
  }

  Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("format"), FORMAT);
    map.put(kw("principals"), principals.stream().map(Principal::toMap).toList());
    map.put(kw("keys"), keys.stream().map(NodeKey::toMap).toList());
    return map;
  }

  Optional<Principal> principal(String name) {
    return principals.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  Optional<NodeKey> key(String id) {
    return keys.stream().filter(each -> each.id().equals(id)).findFirst();
  }

  List<NodeKey> keysOf(String principal) {
    return keys.stream().filter(each -> each.principal().equals(principal)).toList();
  }

  boolean hasValidKey(Instant now) {
    return keys.stream().anyMatch(key -> key.validAt(now));
  }

  /// With a principal that is new, and its first key.
  Roster create(Principal made, AccessKey key, Instant now) {
    if (principal(made.name()).isPresent()) {
      throw Anomaly.conflict(
              "access.error/principal-exists",
              "There is a principal " + made.name() + " already.",
              "To give it a new key, rotate; to change what it may do, revoke it and create it"
                  + " anew.")
          .toException();
    }
    if (principals.size() >= PRINCIPAL_COUNT_MAX) {
      throw Anomaly.incorrect(
              "access.error/too-many",
              "There are " + principals.size() + " principals.",
              "At most " + PRINCIPAL_COUNT_MAX + " fit. Revoke some.")
          .toException();
    }
    List<Principal> more = new ArrayList<>(principals);
    more.add(made);
    return new Roster(more, with(keys, NodeKey.made(key, made.name(), now))).pruned(now);
  }

  /// With a new key for a principal, whose others end after the grace period.
  Roster rotate(String name, AccessKey key, Duration grace, Instant now) {
    existing(name);
    List<NodeKey> valid =
        keysOf(name).stream().filter(each -> each.validAt(now)).toList();
    if (valid.size() >= VALID_KEY_COUNT_MAX) {
      throw Anomaly.incorrect(
              "access.error/too-many",
              name + " has " + valid.size() + " valid keys.",
              "At most " + VALID_KEY_COUNT_MAX + " are, those in their grace period among them.",
              "Revoke some by their ids.")
          .toException();
    }
    List<NodeKey> ending =
        changed(name, old -> old.isRevoked() ? old : old.ending(now.plus(grace)));
    return new Roster(principals, with(ending, NodeKey.made(key, name, now))).pruned(now);
  }

  /// Without a principal, or with one key revoked, given by its id.
  Roster revoke(String nameOrId, Instant now) {
    if (key(nameOrId).isPresent()) {
      return new Roster(
              principals,
              keys.stream()
                  .map(key -> key.id().equals(nameOrId) ? key.revoked(now) : key)
                  .toList())
          .pruned(now);
    }
    existing(nameOrId);
    return new Roster(
        principals.stream().filter(each -> !each.name().equals(nameOrId)).toList(),
        keys.stream().filter(key -> !key.principal().equals(nameOrId)).toList());
  }

  private Roster pruned(Instant now) {
    Instant listed = now.minus(LISTED_AFTER_END);
    return new Roster(
        principals, keys.stream().filter(key -> key.ends().isAfter(listed)).toList());
  }

  private List<NodeKey> changed(String name, UnaryOperator<NodeKey> change) {
    return keys.stream()
        .map(key -> key.principal().equals(name) ? change.apply(key) : key)
        .toList();
  }

  private static List<NodeKey> with(List<NodeKey> keys, NodeKey made) {
    List<NodeKey> more = new ArrayList<>(keys);
    more.add(made);
    return more;
  }

  Principal existing(String name) {
    return principal(name).orElseThrow(() -> unknown(name));
  }

  private static AnomalyException unknown(String name) {
    return Anomaly.of(
            Anomaly.Category.NOT_FOUND,
            "There is no principal or key " + Fields.shown(name) + ".",
            "See `valence access list`.")
        .toException();
  }
}
