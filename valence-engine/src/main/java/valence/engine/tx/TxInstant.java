package valence.engine.tx;

import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import valence.engine.db.Database;
import valence.engine.schema.Partition;

/// When the transaction is said: as the caller wrote it, else now, and never before its
/// predecessor.
final class TxInstant {
  private final long previous; // of the transaction before, ms since the epoch
  private final long now;
  private final long tx;
  private @Nullable Date explicit;

  TxInstant(Database before, Instant now) {
    this.previous = before.instant().getTime();
    this.now = Math.max(now.toEpochMilli(), previous);
    this.tx = Partition.tx(before.basisT() + 1);
  }

  Date value() {
    return explicit == null ? new Date(now) : explicit;
  }

  /// Takes `:db/txInstant` as asserted.
  void assertOn(long entity, Date instant, int form) {
    if (entity != tx) {
      throw reset(entity, form);
    }
    if (explicit != null && !explicit.equals(instant)) {
      throw Refused.incorrect(
              form,
              "db.error/datoms-conflict",
              "the transaction is given the instants "
                  + Shown.value(explicit)
                  + " and "
                  + Shown.value(instant)
                  + ".",
              "Two datoms in the same transaction conflict: it happens once.",
              "Assert one :db/txInstant.")
          .toException();
    }
    if (instant.getTime() < previous) {
      throw Refused.incorrect(
              form,
              "db.error/past-tx-instant",
              "Time conflict: " + Shown.value(instant) + " is older than database basis.",
              "The transaction before was said at " + Shown.value(new Date(previous)) + ".",
              "Send an instant at or after it; import old facts before new ones.")
          .toException();
    }
    if (instant.getTime() > now) {
      throw Refused.incorrect(
              form,
              "db.error/future-tx-instant",
              "Time conflict: " + Shown.value(instant) + " is in the future.",
              "It is " + Shown.value(new Date(now)) + ".",
              "Send an instant that has been, or leave :db/txInstant out.")
          .toException();
    }
    explicit = instant;
  }

  /// Refuses to take back the instant of a transaction.
  void retractOn(long entity, int form) {
    if (entity != tx) {
      throw reset(entity, form);
    }
  }

  private static RuntimeException reset(long entity, int form) {
    boolean transaction = entity >= 0 && Partition.partition(entity) == Partition.TX;
    return Refused.incorrect(
            form,
            "db.error/reset-tx-instant",
            (transaction
                ? "the instant of an older transaction would change."
                : "an entity that is no transaction would get a :db/txInstant."),
            "Only the transaction itself can be given its instant, as \"datomic.tx\".",
            "Use an attribute of your own for other times.")
        .toException();
  }
}
