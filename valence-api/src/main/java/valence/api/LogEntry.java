package valence.api;

import java.util.List;

/// One transaction of the log: its `t` and every datom that it said.
public record LogEntry(long t, List<Datom> data) {
  public LogEntry {
    data = data instanceof LoggedDatoms ? data : new LoggedDatoms(data);
  }
}
