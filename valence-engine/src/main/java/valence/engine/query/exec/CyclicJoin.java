package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Term.Variable;

/// Joins a [CyclicCore] at once.
///
/// [Scans] read the datoms of each attribute once, as numbers; of the numbers [Edges] are made, to
/// be followed in the direction that the order of the variables asks for; a [Walk] finds the
/// numbers that the variables may have together. Each combination is found once, so that the result
/// has no equal rows.
final class CyclicJoin {
  /// Rows that a scan reads in the time of one probe, about.
  private static final int ROWS_PER_PROBE = 32;

  /// What it takes to walk on from an edge, about, at the least.
  private static final int EDGE_NANOS = 30;

  /// Edges between variables, which a walk follows from whichever comes first.
  private record Between(Variable e, Variable v, Edges edges) {}

  private final CyclicCore core;
  private final List<Inequality> inequalities;
  private final Scans scans;
  private final List<Between> edges = new ArrayList<>();
  private final Map<Variable, long[]> allowed = new HashMap<>();

  private CyclicJoin(CyclicCore core, List<Inequality> inequalities, Scans scans) {
    this.core = core;
    this.inequalities = inequalities;
    this.scans = scans;
  }

  /// Whether to join at once what could also go on pair by pair.
  ///
  /// @param rows how many rows the next of the other joins has to do with
  static boolean isCheaper(CyclicCore core, double rows) {
    return core.rowCost() <= ROWS_PER_PROBE * rows;
  }

  /// Whether [#isCheaper] may hold of some core of these links, which has two edges at least.
  static boolean mayBeCheaper(List<Link> links, double rows) {
    Link least = null;
    Link next = null; // of other datoms
    for (Link link : links) {
      if (!link.isEdge()) {
        continue;
      }
      if (least == null || link.rowCount() < least.rowCount()) {
        next = least == null || least.isSameScan(link) ? next : least;
        least = link;
      } else if (!link.isSameScan(least) && (next == null || link.rowCount() < next.rowCount())) {
        next = link;
      }
    }
    boolean isRepeated = false;
    for (Link link : links) {
      isRepeated |= link != least && link.isEdge() && least != null && link.isSameScan(least);
    }
    if (least == null || next == null && !isRepeated) {
      return false;
    }
    long cost = least.rowCount() + (isRepeated || next == null ? 0 : next.rowCount());
    return cost <= ROWS_PER_PROBE * rows;
  }

  /// The join of a core, to be run once; null when its values can't be numbered.
  ///
  /// @param inequalities of which those between variables of the core are tested within
  static @Nullable CyclicJoin of(CyclicCore core, List<Inequality> inequalities, Relation current) {
    Scans scans = Scans.of(core, current);
    if (scans == null) {
      return null;
    }
    List<Inequality> within = new ArrayList<>(inequalities);
    Set<Variable> variables = core.variables();
    within.removeIf(each -> !variables.contains(each.x())
        || !variables.contains(each.y())
        || !scans.compare(each.x(), each.y()));
    return new CyclicJoin(core, within, scans);
  }

  /// The clauses that it does the work of.
  List<Clause> clauses() {
    List<Clause> clauses = new ArrayList<>();
    core.edges().forEach(link -> clauses.add(link.clause()));
    core.sets().forEach(link -> clauses.add(link.clause()));
    inequalities.forEach(inequality -> clauses.add(inequality.clause()));
    return clauses;
  }

  /// The rows of the core that go with the current ones.
  ///
  /// @param needed variables that somebody asks for later
  Relation run(Relation current, Set<Variable> needed, Budget budget) {
    Set<Variable> shown = new LinkedHashSet<>(needed);
    boolean isContained = core.known().containsAll(current.variables());
    if (!isContained) {
      shown.addAll(core.known());
    }
    budget.operator().by(Operator.Way.CYCLIC_JOIN);
    Relation found = found(current, shown, budget);
    return isContained
        ? found
        : Join.natural(current, found, budget, core.edges().getFirst().clause().form());
  }

  private Relation found(Relation current, Set<Variable> needed, Budget budget) {
    scans.read(budget);
    for (Link link : core.edges()) {
      edges.add(new Between(
          Objects.requireNonNull(link.e()), Objects.requireNonNull(link.v()), scans.edges(link)));
    }
    for (Link set : core.sets()) {
      allow(set.only(), scans.set(set, budget));
    }
    addKnown(current, budget);
    List<Variable> order = order(needed);
    int shownCount = shownCount(order, needed);
    Walk.Level[] levels = new Walk.Level[order.size()];
    int[] sizes = new int[levels.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = level(order, i);
      sizes[i] = scans.numbering(order.get(i)).size();
    }
    Object clause = core.edges().getFirst().clause().form();
    int partCount = shownCount == 0 ? 1 : budget.workers().parts(edgeCount(levels[0]), EDGE_NANOS);
    if (partCount == 1) {
      Walk walk = new Walk(levels, shownCount, sizes, budget, clause);
      walk.run(0, sizes[0]);
      return shownCount == 0
          ? new Relation(List.of(), List.of(), Math.min(1, walk.count()))
          : relation(order.subList(0, shownCount), List.of(walk));
    }
    Walk[] walks = new Walk[partCount];
    int[] starts = starts(levels[0], sizes[0], partCount);
    budget.workers().run(budget, partCount, (part, own) -> {
      Walk walk = new Walk(levels, shownCount, sizes, own, clause);
      walk.run(starts[part], starts[part + 1]);
      walks[part] = walk;
    });
    return relation(order.subList(0, shownCount), List.of(walks));
  }

  /// How many variables go up to the last that is asked for.
  private static int shownCount(List<Variable> order, Set<Variable> needed) {
    int count = order.size();
    while (count > 0 && !needed.contains(order.get(count - 1))) {
      count--;
    }
    return count;
  }

  /// What walks found, one after the other.
  private Relation relation(List<Variable> variables, List<Walk> walks) {
    int count = 0;
    for (Walk walk : walks) {
      count = Math.addExact(count, walk.count());
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      int[] numbers = walks.getFirst().found(i);
      if (walks.size() > 1) {
        numbers = new int[count];
        int at = 0;
        for (Walk walk : walks) {
          System.arraycopy(walk.found(i), 0, numbers, at, walk.count());
          at += walk.count();
        }
      }
      columns.add(scans.numbering(variables.get(i)).column(numbers, count));
    }
    return new Relation(variables, columns, count);
  }

  /// How many edges the first variable of a walk has.
  private static long edgeCount(Walk.Level first) {
    long count = 0;
    for (Edges each : first.ahead()) {
      count = Math.max(count, each.count());
    }
    return count;
  }

  /// Where parts of the first variable's numbers begin, and the last ends: of as many edges each.
  private static int[] starts(Walk.Level first, int size, int partCount) {
    int[] starts = new int[partCount + 1];
    Edges edges = first.ahead()[0];
    int number = 0;
    for (int part = 1; part < partCount; part++) {
      long before = (long) edges.count() * part / partCount;
      while (number < size && edges.starts()[number] < before) {
        number++;
      }
      starts[part] = number;
    }
    starts[partCount] = size;
    return starts;
  }

  /// Takes what the current rows know: numbers of one variable, or edges between two.
  private void addKnown(Relation current, Budget budget) {
    List<Variable> known = core.known();
    if (known.isEmpty()) {
      return;
    }
    int[][] numbers = new int[known.size()][current.count()];
    int count = 0;
    for (int row = 0; row < current.count(); row++) {
      budget.tick();
      boolean isThere = true;
      for (int i = 0; i < numbers.length; i++) {
        Variable variable = known.get(i);
        numbers[i][count] = scans.numbering(variable).of(current.column(variable), row);
        isThere &= numbers[i][count] != Numbering.NONE;
      }
      count += isThere ? 1 : 0;
    }
    if (known.size() == 1) {
      allow(
          known.getFirst(),
          bits(numbers[0], count, scans.numbering(known.getFirst()).size()));
      return;
    }
    edges.add(new Between(
        known.get(0),
        known.get(1),
        Edges.of(
            numbers[0],
            numbers[1],
            count,
            scans.numbering(known.get(0)).size(),
            scans.numbering(known.get(1)).size())));
  }

  static long[] bits(int[] numbers, int count, int size) {
    long[] bits = new long[(size >> 6) + 1];
    for (int i = 0; i < count; i++) {
      bits[numbers[i] >> 6] |= 1L << numbers[i];
    }
    return bits;
  }

  private void allow(Variable variable, long[] bits) {
    long[] before = allowed.get(variable);
    for (int i = 0; before != null && i < bits.length; i++) {
      bits[i] &= before[i];
    }
    allowed.put(variable, bits);
  }

  /// The variable with the fewest values first; then always one that most edges lead to, of those
  /// one that is asked for, of those one that the fewest edges lead to on average.
  private List<Variable> order(Set<Variable> needed) {
    List<Variable> waiting = new ArrayList<>(core.variables());
    List<Variable> order = new ArrayList<>();
    while (!waiting.isEmpty()) {
      Variable best = waiting.getFirst();
      double bestCost = Double.MAX_VALUE;
      for (Variable variable : waiting) {
        double cost = cost(variable, order, needed);
        if (cost < bestCost) {
          best = variable;
          bestCost = cost;
        }
      }
      waiting.remove(best);
      order.add(best);
    }
    return order;
  }

  private double cost(Variable variable, List<Variable> before, Set<Variable> needed) {
    long[] bits = allowed.get(variable);
    double values = bits == null ? Double.MAX_VALUE : cardinality(bits);
    double fanout = Double.MAX_VALUE;
    int count = 0;
    for (Between between : edges) {
      Variable other = between.e.equals(variable) ? between.v : between.e;
      if (between.e.equals(variable) || between.v.equals(variable)) {
        double edgeCount = between.edges.count();
        values = Math.min(values, Math.min(edgeCount, scans.numbering(variable).size()));
        if (before.contains(other)) {
          count++;
          double sources = Math.min(edgeCount, scans.numbering(other).size());
          fanout = Math.min(fanout, edgeCount / Math.max(1, sources));
        }
      }
    }
    if (before.isEmpty()) {
      return values + (needed.contains(variable) ? 0 : 1e12);
    }
    final double perEdge = 1e12; // more than any fan-out, and than that of what isn't asked for
    return (count == 0 ? 1e15 : fanout)
        - count * perEdge
        + (needed.contains(variable) ? 0 : perEdge / 2);
  }

  private static long cardinality(long[] bits) {
    long count = 0;
    for (long word : bits) {
      count += Long.bitCount(word);
    }
    return count;
  }

  private Walk.Level level(List<Variable> order, int depth) {
    Variable variable = order.get(depth);
    List<Variable> before = order.subList(0, depth);
    List<Edges> lists = new ArrayList<>();
    List<Edges> ahead = new ArrayList<>();
    int[] from = new int[edges.size()];
    for (Between between : edges) {
      if (!between.e.equals(variable) && !between.v.equals(variable)) {
        continue;
      }
      Variable other = between.e.equals(variable) ? between.v : between.e;
      boolean isBehind = before.contains(other);
      // Always in the direction from the variable that comes first.
      Edges followed = between.e.equals(isBehind ? other : variable)
          ? between.edges
          : scans.turned(between.edges, scans.numbering(between.v).size());
      if (isBehind) {
        from[lists.size()] = order.indexOf(other);
        lists.add(followed);
      } else if (order.indexOf(other) > depth + 1) {
        ahead.add(followed); // the next variable sees for itself
      }
    }
    List<Walk.Test> tests = new ArrayList<>();
    for (Inequality inequality : inequalities) {
      if (inequality.x().equals(variable) && before.contains(inequality.y())) {
        tests.add(inequality.test(order.indexOf(inequality.y())));
      } else if (inequality.y().equals(variable) && before.contains(inequality.x())) {
        tests.add(inequality.turned().test(order.indexOf(inequality.x())));
      }
    }
    return new Walk.Level(
        Arrays.copyOf(from, lists.size()),
        lists.toArray(Edges[]::new),
        ahead.toArray(Edges[]::new),
        allowed.get(variable),
        tests.toArray(Walk.Test[]::new));
  }
}
