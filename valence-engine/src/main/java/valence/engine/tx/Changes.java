package valence.engine.tx;

import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;
import valence.engine.db.Database;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.RowBuffer;
import valence.engine.schema.Attribute;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Partition;

/// The set rules: facts against each other, then against what is true. What comes out are the rows
/// that the transaction opens and closes, and what it reports.
final class Changes {
  private final Database before;
  private final Facts facts;
  private final Subjects subjects;
  private final Current current;
  private final long t;
  private final long tx;
  private final FactTable byFact; // without assertions of cardinality one, unless some retract
  private final FactTable assertedOne; // assertions of cardinality one, by entity and attribute
  private final RowBuffer opened;
  private final RowBuffer closed = new RowBuffer(0);
  private final Report report;
  private final boolean[] dropped; // facts that say nothing more: equal to one before, or NaN
  private int duplicates;
  private int redundant;
  private final List<String> warnings = new ArrayList<>(0);
  private @Nullable Set<Row> closedRows;

  private record Row(long e, int a, long key, @Nullable Object value) {}

  /// @param facts with every entity final
  Changes(Database before, Facts facts, Subjects subjects, Date instant) {
    this.before = before;
    this.facts = facts;
    this.subjects = subjects;
    this.current = new Current(before);
    this.t = before.basisT() + 1;
    this.tx = Partition.tx(t);
    if (facts.hasRetractAll) {
      expandRetractAll();
    }
    this.byFact = new FactTable(facts, true, facts.hasRetract ? facts.count : 0);
    this.assertedOne = new FactTable(facts, false, facts.count);
    this.opened = new RowBuffer(facts.count + 1);
    this.dropped = new boolean[facts.count];
    this.report = new Report(opened, closed, facts.count + 1);
    opened.add(tx, Bootstrap.TX_INSTANT, instant.getTime(), null, t, RowBuffer.OPEN);
    report.opened();
  }

  RowBuffer opened() {
    return opened;
  }

  RowBuffer closed() {
    return closed;
  }

  /// What the transaction says, its own instant first.
  List<Datom> report() {
    return report.datoms(before.schema(), tx);
  }

  /// Retractions without a value become one for each current value.
  private void expandRetractAll() {
    int count = facts.count;
    for (int i = 0; i < count; i++) {
      if (facts.op[i] != Facts.RETRACT_ALL) {
        continue;
      }
      Cursor cursor =
          before.cursor(Order.EAVT, Range.prefix(Bound.ea(facts.e[i], facts.a[i].id())));
      while (cursor.next()) {
        Batch batch = cursor.batch();
        for (int row = batch.start; row < batch.end; row++) {
          facts.add(
              facts.e[i],
              facts.a[i],
              batch.v[row],
              batch.object(row),
              Facts.RETRACT,
              facts.form[i]);
        }
      }
    }
  }

  void apply() {
    for (int i = 0; i < facts.count; i++) {
      if (facts.op[i] != Facts.RETRACT_ALL) {
        merge(i);
      }
    }
    for (int i = 0; i < facts.count; i++) {
      if (dropped[i]) {
        continue;
      }
      switch (facts.op[i]) {
        case Facts.ADD -> add(i);
        case Facts.RETRACT -> retract(i);
        default -> {
          // has been expanded
        }
      }
    }
  }

  private void merge(int fact) {
    boolean ofOne = facts.op[fact] == Facts.ADD && !facts.a[fact].many();
    if (ofOne && !facts.hasRetract) {
      int other = assertedOne.put(fact);
      if (other == FactTable.NONE) {
        return;
      }
      if (!facts.isSameValue(other, fact)) {
        throw conflict(other, fact, facts.a[fact].ident() + " has cardinality one.");
      }
      dropped[fact] = true;
      duplicates++;
      return;
    }
    int equal = byFact.put(fact);
    if (equal != FactTable.NONE) {
      if (facts.op[equal] != facts.op[fact]) {
        throw conflict(equal, fact, "One asserts what the other retracts.");
      }
      dropped[fact] = true;
      duplicates++;
      return;
    }
    if (ofOne) {
      int other = assertedOne.put(fact);
      if (other != FactTable.NONE) {
        throw conflict(other, fact, facts.a[fact].ident() + " has cardinality one.");
      }
    }
  }

  private void add(int fact) {
    Attribute attribute = facts.a[fact];
    long e = facts.e[fact];
    long key = facts.key[fact];
    Object value = facts.value[fact];
    if (!before.isIssued(e)) {
      open(e, attribute, key, value);
    } else if (attribute.many()) {
      if (!current.find(e, attribute.id(), key, value)) {
        open(e, attribute, key, value);
      } else {
        redundant++;
      }
    } else if (!current.find(e, attribute.id())) {
      open(e, attribute, key, value);
    } else if (current.is(key, value)) {
      redundant++;
    } else if (attribute.type().isNaN(key) || attribute.type().isNaN(current.key)) {
      ignoreNaN(fact);
    } else {
      open(e, attribute, key, value);
      replaced(e, attribute);
    }
  }

  /// NaN is neither less nor greater than a number, so it replaces none and none replaces it: as
  /// redundant as an equal value would be.
  private void ignoreNaN(int fact) {
    dropped[fact] = true;
    redundant++;
    warnings.add(Shown.form(facts.form[fact])
        + facts.a[fact].ident()
        + " keeps its value "
        + Shown.value(facts.a[fact].type().ofKey(current.key))
        + ": NaN compares with no number. Retract the value first, then assert another.");
  }

  /// Whether an assertion left what is current in its place.
  boolean isDropped(int fact) {
    return dropped[fact];
  }

  int duplicates() {
    return duplicates;
  }

  /// Assertions and retractions of what is so already.
  int redundant() {
    return redundant;
  }

  List<String> warnings() {
    return warnings;
  }

  /// Closes the row that was found, unless a retraction of its own does.
  private void replaced(long e, Attribute attribute) {
    if (!facts.hasRetract
        || byFact.find(e, attribute.id(), current.key, current.object) == FactTable.NONE) {
      close(e, attribute);
    } else {
      report.twice(e, attribute.id(), current, t);
    }
  }

  private void retract(int fact) {
    Attribute attribute = facts.a[fact];
    long e = facts.e[fact];
    if (current.find(e, attribute.id(), facts.key[fact], facts.value[fact])) {
      close(e, attribute);
    } else {
      redundant++;
    }
  }

  /// Opens a row that isn't true before.
  void open(long e, Attribute attribute, long key, @Nullable Object value) {
    opened.add(e, attribute.id(), key, value, t, RowBuffer.OPEN);
    report.opened();
  }

  private void close(long e, Attribute attribute) {
    close(e, attribute, current);
  }

  /// Closes the row that was found.
  void close(long e, Attribute attribute, Current row) {
    closed.add(e, attribute.id(), row.key, row.object, row.from, t);
    report.closed();
    closedRows = null;
  }

  /// Whether a row that was true before is closed.
  boolean isClosed(long e, int a, long key, @Nullable Object value) {
    if (closedRows == null) {
      closedRows = new HashSet<>();
      for (int i = 0; i < closed.count(); i++) {
        closedRows.add(new Row(closed.e(i), closed.a(i), closed.v(i), closed.o(i)));
      }
    }
    return closedRows.contains(new Row(e, a, key, value));
  }

  /// The position of the assertion of a value of an attribute of cardinality one, or
  /// [FactTable#NONE].
  int asserted(long e, int a) {
    return assertedOne.find(e, a, 0, null);
  }

  private RuntimeException conflict(int first, int second, String why) {
    return conflict(
        said(first),
        facts.form[first],
        said(second),
        facts.form[second],
        datom(first),
        datom(second),
        why);
  }

  /// What a fact says, as messages show it.
  private String said(int fact) {
    return "["
        + (facts.op[fact] == Facts.ADD ? ":db/add " : ":db/retract ")
        + subjects.name(facts.e[fact])
        + " "
        + facts.a[fact].ident()
        + " "
        + Shown.value(facts.valueAt(fact))
        + "]";
  }

  static RuntimeException conflict(
      String said1,
      int form1,
      String said2,
      int form2,
      List<Object> datom1,
      List<Object> datom2,
      String why) {
    return Refused.incorrect(
            Math.max(form1, form2),
            "db.error/datoms-conflict",
            "Two datoms in the same transaction conflict: "
                + said1
                + (form1 == form2 || form1 == Facts.NO_FORM ? "" : " of form " + form1)
                + " and "
                + said2
                + (form1 == form2 || form2 == Facts.NO_FORM ? "" : " of form " + form2)
                + ".",
            why,
            "A transaction is a set without an order: leave one of them out, or send two"
                + " transactions.")
        .with("d1", datom1)
        .with("d2", datom2)
        .toException();
  }

  private List<Object> datom(int fact) {
    return List.of(
        facts.e[fact], facts.a[fact].ident(), facts.valueAt(fact), tx, facts.op[fact] == Facts.ADD);
  }

  /// An assertion as `:d1` and `:d2` of a conflict have it.
  List<Object> datom(long entity, Attribute attribute, Object value) {
    return List.of(entity, attribute.ident(), value, tx, true);
  }
}
