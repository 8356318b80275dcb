package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Cursor;
import valence.engine.index.Dictionary;
import valence.engine.query.syntax.Term.Variable;
import valence.engine.value.ValueType;

/// The datoms that the edges of a [CyclicCore] are made of, each attribute read once, as numbers.
///
/// Places that a variable brings together share a numbering: those of an attribute's entities, of
/// its values, and of the variables themselves. Places are merged before anything is read.
final class Scans {
  /// The datoms of an attribute of a database.
  private static final class Scan {
    private final Link link;
    private final int place; // of the entities; that of the values is the next
    private long[] e = {};
    private long[] v = {};
    private int[] codes = {}; // numbers of values that have no key
    private int count;
    private @Nullable Edges edges;

    Scan(Link link, int place) {
      this.link = link;
      this.place = place;
      e = new long[Math.toIntExact(Math.min(link.rowCount(), 1 << 24))];
    }
  }

  private final List<Scan> scans = new ArrayList<>();
  private final Map<Variable, Integer> places = new HashMap<>();
  private final List<Integer> parents = new ArrayList<>(); // by place; a root is its own
  private final List<ValueType> types = new ArrayList<>(); // by root
  private final Map<Integer, Numbering> numberings = new HashMap<>(); // by root
  private final Map<Edges, Edges> turned = new IdentityHashMap<>();
  private boolean areAlike = true; // whether values that are brought together have one kind

  private Scans() {}

  /// The scans of a core; null when it brings together values of kinds that can't be numbered.
  static @Nullable Scans of(CyclicCore core, Relation current) {
    Scans scans = new Scans();
    for (Link link : core.edges()) {
      Scan scan = scans.scan(link);
      if (scan == null) {
        scan = new Scan(link, scans.parents.size());
        scans.scans.add(scan);
        scans.addPlace(ValueType.REF);
        scans.addPlace(link.attribute().type());
      }
      scans.put(Objects.requireNonNull(link.e()), scan.place);
      scans.put(Objects.requireNonNull(link.v()), scan.place + 1);
    }
    for (Link set : core.sets()) {
      ValueType type = set.e() == null ? set.attribute().type() : ValueType.REF;
      scans.areAlike &= areAlike(type, scans.type(set.only()));
    }
    for (Variable known : core.known()) {
      Kind kind = Kind.of(scans.type(known));
      scans.areAlike &= kind == Kind.OBJECT
          || current.column(known) instanceof Column.Keys(Kind there, var keys) && there == kind;
    }
    return scans.areAlike ? scans : null;
  }

  /// Lets numbers of two variables be compared in place of their values, if they can be.
  boolean compare(Variable x, Variable y) {
    Kind kind = Kind.of(type(x));
    boolean isOrdered = kind == Kind.of(type(y)) && (kind == Kind.LONG || kind == Kind.INSTANT);
    if (isOrdered) {
      put(x, root(y));
    }
    return isOrdered;
  }

  private @Nullable Scan scan(Link link) {
    for (Scan scan : scans) {
      if (scan.link.isSameScan(link)) {
        return scan;
      }
    }
    return null;
  }

  private void addPlace(ValueType type) {
    parents.add(parents.size());
    types.add(type);
    areAlike &= switch (type) {
      case REF, LONG, INSTANT, BOOLEAN, DOUBLE, FLOAT, KEYWORD, STRING, UUID, URI, SYMBOL -> true;
      case FN, BYTES, BIGINT, BIGDEC, TUPLE -> false;
    };
  }

  private void put(Variable variable, int place) {
    Integer other = places.putIfAbsent(variable, place);
    if (other != null) {
      areAlike &= areAlike(types.get(root(place)), types.get(root(other)));
      parents.set(root(place), root(other));
    }
  }

  private static boolean areAlike(ValueType x, ValueType y) {
    return x == y || Kind.of(x) != Kind.OBJECT && Kind.of(x) == Kind.of(y);
  }

  private int root(int place) {
    int root = place;
    while (parents.get(root) != root) {
      root = parents.get(root);
    }
    return root;
  }

  private int root(Variable variable) {
    return root(Objects.requireNonNull(places.get(variable)));
  }

  private ValueType type(Variable variable) {
    return types.get(root(variable));
  }

  Numbering numbering(Variable variable) {
    return numbering(root(variable));
  }

  private Numbering numbering(int root) {
    return Objects.requireNonNull(numberings.get(root));
  }

  void read(Budget budget) {
    for (Scan scan : scans) {
      read(scan, budget);
    }
    Map<Integer, List<Numbering.Part>> parts = new HashMap<>();
    for (Scan scan : scans) {
      add(parts, scan.place, new Numbering.Part(scan.e, scan.count));
      if (Kind.of(types.get(root(scan.place + 1))) != Kind.OBJECT) {
        add(parts, scan.place + 1, new Numbering.Part(scan.v, scan.count));
      }
    }
    parts.forEach(
        (root, keys) -> numberings.put(root, Numbering.of(Kind.of(types.get(root)), keys)));
  }

  private void add(Map<Integer, List<Numbering.Part>> parts, int place, Numbering.Part keys) {
    parts.computeIfAbsent(root(place), key -> new ArrayList<>()).add(keys);
  }

  private void read(Scan scan, Budget budget) {
    boolean hasKeys = scan.link.attribute().type().inline();
    Numbering.Objects objects = hasKeys
        ? null
        : (Numbering.Objects)
            numberings.computeIfAbsent(root(scan.place + 1), key -> new Numbering.Objects());
    if (objects == null) {
      scan.v = new long[scan.e.length];
    } else {
      scan.codes = new int[scan.e.length];
    }
    Cursor cursor = scan.link.cursor(Batch.E | Batch.V);
    while (cursor.next()) {
      Batch batch = cursor.batch();
      int end = scan.count + batch.count();
      budget.check();
      budget.operator().read(batch.count());
      budget.rows(end, 2, scan.link.clause().form());
      if (end > scan.e.length) {
        scan.e = Arrays.copyOf(scan.e, end * 2);
        scan.v = objects == null ? Arrays.copyOf(scan.v, end * 2) : scan.v;
        scan.codes = objects == null ? scan.codes : Arrays.copyOf(scan.codes, end * 2);
      }
      System.arraycopy(batch.e, batch.start, scan.e, scan.count, batch.count());
      if (objects == null) {
        System.arraycopy(batch.v, batch.start, scan.v, scan.count, batch.count());
      } else {
        number(batch, objects, scan.codes, scan.count);
      }
      scan.count = end;
    }
  }

  private static void number(Batch batch, Numbering.Objects objects, int[] codes, int at) {
    Dictionary dictionary = batch.dictionary;
    int[] known = new int[dictionary == null ? 0 : dictionary.size()]; // number + 1
    for (int i = batch.start; i < batch.end; i++) {
      int number;
      if (dictionary == null) {
        number = objects.add(Objects.requireNonNull(batch.object(i)));
      } else {
        int code = batch.codes[i];
        if (known[code] == 0) {
          known[code] = objects.add(dictionary.value(code)) + 1;
        }
        number = known[code] - 1;
      }
      codes[at + i - batch.start] = number;
    }
  }

  Edges edges(Link link) {
    Scan scan = Objects.requireNonNull(scan(link));
    if (scan.edges == null) {
      Numbering es = numbering(root(scan.place));
      Numbering vs = numbering(root(scan.place + 1));
      int[] sources = es.numbers(new Numbering.Part(scan.e, scan.count));
      int[] targets = scan.link.attribute().type().inline()
          ? vs.numbers(new Numbering.Part(scan.v, scan.count))
          : scan.codes;
      scan.edges = Edges.of(sources, targets, scan.count, es.size(), vs.size());
      scan.e = scan.v = new long[0];
      scan.codes = new int[0];
    }
    return scan.edges;
  }

  /// Edges with their sides exchanged, made once.
  Edges turned(Edges edges, int targetCount) {
    return turned.computeIfAbsent(edges, key -> edges.turned(targetCount));
  }

  /// The numbers of those values of a set that have one, as bits.
  long[] set(Link set, Budget budget) {
    Numbering numbering = numbering(set.only());
    long[] bits = new long[(numbering.size() >> 6) + 1];
    Cursor cursor = set.cursor(set.e() == null ? Batch.V : Batch.E);
    while (cursor.next()) {
      budget.check();
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        int number = switch (numbering) {
          case Numbering.Offsets offsets -> offsets.of(set.e() == null ? batch.v[i] : batch.e[i]);
          case Numbering.Ranks ranks -> ranks.of(set.e() == null ? batch.v[i] : batch.e[i]);
          case Numbering.Objects objects -> objects.of(Objects.requireNonNull(batch.object(i)));
        };
        if (number != Numbering.NONE) {
          bits[number >> 6] |= 1L << number;
        }
      }
    }
    return bits;
  }
}
