package valence.engine.log;

import java.util.List;
import org.junit.jupiter.api.Test;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.testing.Fuzz;

/// Records of a log that aren't what was written.
final class RecordFuzzTest {
  @Test
  void records() {
    Fuzz.ofStored("log-record", 2_000)
        .runBytes(
            List.of(
                RecordTest.record(), new Seal(new DatabaseId(new java.util.UUID(0, 1)), 7).bytes()),
            input -> {
              Seal.read(input);
              for (RecordReader each : RecordReader.read(0, input)) {
                each.transaction();
              }
              for (RecordReader each : RecordReader.read(0, input)) {
                each.entry().data();
              }
              LogRecord record = new LogRecord(0, input);
              RecordContents.read(record);
            });
  }
}
