package valence.node.source.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The messages of a queue that can be handed out, those first that came first.
///
/// Of a group nothing is given out while some of it is: so its messages are worked on in their
/// order, however many receive them. What is given out at once may be several of one group.
///
/// Which group comes next is known without looking at those that are held up, however many of their
/// messages wait. Guarded by the queue's lock.
final class Line {
  private static final long CLOSED = -1;

  /// The messages of a group that wait, and how many are out.
  private static final class Group {
    final TreeMap<Long, Entry> entries = new TreeMap<>();
    int out;

    /// Its place among those that are open.
    long place = CLOSED;
  }

  private final TreeMap<Long, Entry> free = new TreeMap<>();
  private final Map<String, Group> groups = new HashMap<>();

  /// The groups that have something to give, by what comes first of it.
  private final TreeMap<Long, Group> open = new TreeMap<>();

  private int size;

  /// How many messages are in it, held up or not.
  int size() {
    return size;
  }

  void add(Entry entry) {
    size++;
    String name = entry.place.group();
    if (name.isEmpty()) {
      free.put(entry.sequence, entry);
    } else {
      Group group = group(name);
      group.entries.put(entry.sequence, entry);
      place(name, group);
    }
  }

  /// Lets a message be out that isn't in the line.
  void out(Entry entry) {
    String name = entry.place.group();
    if (!name.isEmpty()) {
      Group group = group(name);
      group.out++;
      place(name, group);
    }
  }

  /// Takes a message of the line, which is out then.
  void take(Entry entry) {
    size--;
    String name = entry.place.group();
    if (name.isEmpty()) {
      free.remove(entry.sequence);
    } else {
      Group group = group(name);
      group.entries.remove(entry.sequence);
      group.out++;
      place(name, group);
    }
  }

  /// A message that was out isn't any more.
  void back(Entry entry) {
    String name = entry.place.group();
    if (!name.isEmpty()) {
      Group group = group(name);
      assert group.out > 0 : "what is back was out";
      group.out--;
      place(name, group);
    }
  }

  /// Takes what comes next, of one group as much as there is; all of it is out then.
  List<Entry> take(int countMax) {
    List<Entry> taken = new ArrayList<>();
    while (taken.size() < countMax) {
      Map.Entry<Long, Entry> one = free.firstEntry();
      Map.Entry<Long, Group> some = open.firstEntry();
      if (one != null && (some == null || one.getKey() < some.getKey())) {
        free.pollFirstEntry();
        taken.add(one.getValue());
      } else if (some != null) {
        Group group = some.getValue();
        String name = group.entries.firstEntry().getValue().place.group();
        while (!group.entries.isEmpty() && taken.size() < countMax) {
          taken.add(group.entries.pollFirstEntry().getValue());
          group.out++;
        }
        place(name, group);
      } else {
        break;
      }
    }
    size -= taken.size();
    return taken;
  }

  /// All of it, those first that came first.
  List<Entry> all() {
    List<Entry> all = new ArrayList<>(free.values());
    groups.values().forEach(group -> all.addAll(group.entries.values()));
    all.sort(Comparator.comparingLong(entry -> entry.sequence));
    return all;
  }

  private Group group(String name) {
    return groups.computeIfAbsent(name, _ -> new Group());
  }

  /// Puts a group where it belongs now.
  private void place(String name, Group group) {
    if (group.place != CLOSED) {
      open.remove(group.place);
      group.place = CLOSED;
    }
    if (group.out > 0) {
      return;
    }
    if (group.entries.isEmpty()) {
      groups.remove(name);
    } else {
      group.place = group.entries.firstKey();
      open.put(group.place, group);
    }
  }
}
