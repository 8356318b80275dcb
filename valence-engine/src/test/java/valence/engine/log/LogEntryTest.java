package valence.engine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import valence.api.Datom;
import valence.api.LogEntry;

final class LogEntryTest {
  private static final Datom ONE = new Datom(1, 10, "a", 99, true);
  private static final Datom TWO = new Datom(2, 10, "b", 99, false);

  @Test
  void itsDatomsAreAnUnmodifiableListOfWhatItWasMadeOf() {
    List<Datom> given = new ArrayList<>(List.of(ONE, TWO));
    LogEntry entry = new LogEntry(5, given);
    given.clear();

    assertEquals(List.of(ONE, TWO), entry.data());
    assertEquals(entry, new LogEntry(5, List.of(ONE, TWO)));
    assertEquals(List.of(ONE, TWO), List.of(entry.data().toArray()));
    assertEquals(List.of(ONE), entry.data().stream().filter(Datom::added).toList());
    List<Datom> each = new ArrayList<>();
    entry.data().forEach(each::add);
    assertEquals(List.of(ONE, TWO), each);
    assertThrows(UnsupportedOperationException.class, () -> entry.data().add(ONE));
    assertThrows(UnsupportedOperationException.class, () -> entry.data().remove(0));
  }

  @Test
  void steppingBeyondTheLastDatomFails() {
    Iterator<Datom> steps = new LogEntry(5, List.of(ONE)).data().iterator();

    assertEquals(ONE, steps.next());
    assertFalse(steps.hasNext());
    assertThrows(NoSuchElementException.class, steps::next);
  }
}
