package valence.tools.transfer;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import valence.tools.schema.AttributeForm;

/// What is known of a column: which attribute it is, and what its cells can be.
///
/// Not safe for several threads.
final class Column {
  /// Of how many cells it is known whether they differ.
  private static final int DISTINCT_MAX = 100_000;

  /// What cells may turn out to be; of several the first is taken.
  private enum Guess {
    LONG("long"),
    DOUBLE("double"),
    BOOLEAN("boolean"),
    INSTANT("instant"),
    UUID("uuid"),
    REF("ref"),
    KEYWORD("keyword"),
    STRING("string");

    private final String type;

    Guess(String type) {
      this.type = type;
    }
  }

  private final String name;
  private final Keyword ident;
  private final Optional<AttributeForm> known;
  private final Set<Guess> possible = EnumSet.allOf(Guess.class);
  private final Set<Object> seen = new HashSet<>();
  private boolean many;
  private boolean distinct = true;
  private long count;

  Column(String name, Keyword ident, Optional<AttributeForm> known) {
    this.name = name;
    this.ident = ident;
    this.known = known;
  }

  String name() {
    return name;
  }

  Keyword ident() {
    return ident;
  }

  /// Whether the database has the attribute already.
  boolean isKnown() {
    return known.isPresent();
  }

  Optional<AttributeForm> known() {
    return known;
  }

  /// How many rows have a cell.
  long count() {
    return count;
  }

  String type() {
    return known
        .map(AttributeForm::type)
        .orElseGet(() -> count == 0 ? Guess.STRING.type : possible.iterator().next().type);
  }

  boolean isMany() {
    return known.map(AttributeForm::many).orElse(many);
  }

  /// Whether no two cells are the same, as far as was looked.
  boolean isDistinct() {
    return distinct && count > 0 && !isMany();
  }

  /// Learns from a cell; what is wrong with it, if anything.
  Optional<String> learn(Object cell) {
    count++;
    if (distinct && seen.size() < DISTINCT_MAX) {
      distinct = seen.add(cell);
    }
    if (known.isPresent()) {
      return wrong(cell);
    }
    List<?> members = membersOf(cell);
    many |= members.size() != 1 || members.getFirst() != cell;
    for (Object member : members) {
      if (member == null || member instanceof List<?> || member instanceof java.util.Map<?, ?>) {
        return Optional.of("column " + name + " holds "
            + (member == null ? "null in a list" : "a value within a value")
            + "; expected a text, a number, true or false, or a list of them");
      }
      possible.removeIf(guess -> !fits(member, guess));
    }
    return Optional.empty();
  }

  private static boolean fits(Object cell, Guess guess) {
    if (guess == Guess.STRING) {
      return true;
    }
    if (cell instanceof String text) {
      return switch (guess) {
        case KEYWORD -> Values.looksLikeKeyword(text);
        case REF -> Values.looksLikeLookup(text);
        default -> Values.of(text, guess.type).isPresent();
      };
    }
    return guess != Guess.REF && Values.of(cell, guess.type).isPresent();
  }

  /// Whether a cell is none that the attribute takes, once everything was learned.
  boolean refuses(Object cell) {
    if (known.isPresent()) {
      return wrong(cell).isPresent();
    }
    return membersOf(cell).stream()
        .anyMatch(member ->
            member == null || member instanceof List<?> || member instanceof java.util.Map<?, ?>);
  }

  private Optional<String> wrong(Object cell) {
    String type = type();
    for (Object member : isMany() ? membersOf(cell) : List.of(cell)) {
      if (member == null || value(member, type).isEmpty()) {
        return Optional.of("\"" + shortened(String.valueOf(member)) + "\" isn't a " + type
            + " (column " + name + ")");
      }
    }
    return Optional.empty();
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 39) + "…";
  }

  /// The members of a list, or the cell alone.
  private static List<?> membersOf(Object cell) {
    if (cell instanceof List<?> list) {
      return list;
    }
    return cell instanceof String text
        ? Values.members(text).<List<?>>map(list -> list).orElse(List.of(cell))
        : List.of(cell);
  }

  private static Optional<Object> value(Object cell, String type) {
    Optional<Object> value = Values.of(cell, type);
    // A member of a list in EDN is typed already.
    return value.isPresent() || cell instanceof String || cell instanceof Number
        ? value
        : Optional.of(cell);
  }

  /// A cell as what the attribute takes, once everything was learned.
  Object converted(Object cell) {
    String type = type();
    if (!isMany()) {
      return value(cell, type).orElse(cell);
    }
    List<Object> values = new ArrayList<>();
    for (Object member : membersOf(cell)) {
      values.add(value(member, type).orElse(member));
    }
    return java.util.Set.copyOf(values);
  }
}
