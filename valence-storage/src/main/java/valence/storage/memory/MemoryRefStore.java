package valence.storage.memory;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import valence.engine.store.RefStore;
import valence.engine.store.StoreArguments;
import valence.storage.Gate;

/// Refs in a map; a deleted one leaves its last version behind, so that versions keep growing.
final class MemoryRefStore implements RefStore {
  private sealed interface Cell {
    long version();

    record Present(long version, byte[] bytes) implements Cell {}

    record Deleted(long version) implements Cell {}
  }

  private final Gate gate = new Gate("memory ref store", () -> {});
  private final ConcurrentMap<String, Cell> cells = new ConcurrentHashMap<>();

  MemoryRefStore copy() {
    var copy = new MemoryRefStore();
    copy.cells.putAll(cells);
    return copy;
  }

  @Override
  public Optional<Ref> get(String name) {
    StoreArguments.checkRefName(name);
    gate.enter();
    try {
      return cells.get(name) instanceof Cell.Present(long version, byte[] bytes)
          ? Optional.of(new Ref(version, bytes.clone()))
          : Optional.empty();
    } finally {
      gate.leave();
    }
  }

  @Override
  public boolean compareAndSet(String name, long expectedVersion, byte[] bytes) {
    StoreArguments.checkRefName(name);
    StoreArguments.checkRefValue(name, bytes);
    gate.enter();
    try {
      boolean[] set = {false};
      cells.compute(name, (_, cell) -> {
        if (expectedVersion != visibleVersion(cell)) {
          return cell;
        }
        set[0] = true;
        return new Cell.Present((cell == null ? ABSENT : cell.version()) + 1, bytes.clone());
      });
      return set[0];
    } finally {
      gate.leave();
    }
  }

  @Override
  public boolean compareAndDelete(String name, long expectedVersion) {
    StoreArguments.checkRefName(name);
    gate.enter();
    try {
      boolean[] deleted = {false};
      cells.computeIfPresent(name, (_, cell) -> {
        if (!(cell instanceof Cell.Present(long version, var _)) || version != expectedVersion) {
          return cell;
        }
        deleted[0] = true;
        return new Cell.Deleted(version);
      });
      return deleted[0];
    } finally {
      gate.leave();
    }
  }

  @Override
  public List<String> list(String prefix) {
    StoreArguments.checkRefPrefix(prefix);
    gate.enter();
    try {
      return cells.entrySet().stream()
          .filter(entry -> entry.getValue() instanceof Cell.Present)
          .map(entry -> entry.getKey())
          .filter(name -> name.startsWith(prefix))
          .sorted()
          .toList();
    } finally {
      gate.leave();
    }
  }

  @Override
  public void close() {
    gate.close();
  }

  private static long visibleVersion(@Nullable Cell cell) {
    return cell instanceof Cell.Present(long version, var _) ? version : ABSENT;
  }
}
