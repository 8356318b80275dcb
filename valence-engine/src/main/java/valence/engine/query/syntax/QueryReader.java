package valence.engine.query.syntax;

import static valence.engine.query.syntax.Forms.mistake;
import static valence.engine.query.syntax.Forms.show;

import clojure.lang.IPersistentVector;
import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;
import valence.engine.query.syntax.FindElement.PullPattern;
import valence.engine.query.syntax.Query.Shape;
import valence.engine.query.syntax.Term.Variable;

/// Reads queries: their sections, find elements and inputs.
public final class QueryReader {
  private static final List<String> RETURN_MAPS = List.of("keys", "strs", "syms");
  private static final List<String> SECTIONS =
      List.of("find", "keys", "strs", "syms", "with", "in", "where");

  private QueryReader() {}

  /// @param query a list, a map or EDN text of either
  public static Query read(Object query) {
    Object form = query instanceof String text ? Edn.read(text) : query;
    Map<String, List<@Nullable Object>> sections = form instanceof Map<?, ?> map
        ? mapSections(map)
        : listSections(Forms.elements(form)
            .orElseThrow(() -> mistake(
                "The query is " + show(form) + ".",
                "Expected a list, a map, or EDN text of one.")));
    return query(sections);
  }

  private static Map<String, List<@Nullable Object>> mapSections(Map<?, ?> map) {
    Map<String, List<@Nullable Object>> sections = new HashMap<>();
    map.forEach((key, value) -> {
      if (key instanceof Keyword keyword && keyword.getNamespace() == null) {
        sections.put(
            keyword.getName(),
            Forms.elements(value)
                .orElseThrow(() -> mistake(
                    "The value of " + keyword + " is " + show(value) + ".", "Expected a list.")));
      }
    });
    return sections;
  }

  private static Map<String, List<@Nullable Object>> listSections(List<@Nullable Object> forms) {
    Map<String, List<@Nullable Object>> sections = new HashMap<>();
    List<@Nullable Object> section = null;
    for (Object form : forms) {
      if (form instanceof Keyword keyword) {
        if (keyword.getNamespace() != null || !SECTIONS.contains(keyword.getName())) {
          throw mistake(
              "The query has a section " + keyword + ", which is not known.",
              "Sections are :find, :keys, :strs, :syms, :with, :in and :where.");
        }
        section = new ArrayList<>();
        if (sections.put(keyword.getName(), section) != null) {
          throw mistake("The query has " + keyword + " twice.", "Write each section once.");
        }
      } else if (runsIntoSection(form)) {
        throw mistake(
            "The query contains " + show(form) + ", which reads as one word.",
            "Put a space before the colon of a section.");
      } else if (section == null) {
        throw mistake(
            "The query begins with " + show(form) + ".", "Expected a section such as :find.");
      } else {
        section.add(form);
      }
    }
    return sections;
  }

  /// Whether a space was forgotten, as in `?name:where`: a symbol may contain colons.
  private static boolean runsIntoSection(@Nullable Object form) {
    return form instanceof Symbol symbol
        && SECTIONS.contains(symbol.getName().substring(symbol.getName().lastIndexOf(':') + 1))
        && symbol.getName().indexOf(':') >= 0;
  }

  private static Query query(Map<String, List<@Nullable Object>> sections) {
    List<@Nullable Object> find = sections.get("find");
    if (find == null || find.isEmpty()) {
      throw mistake(
          "No :find clause specified.",
          "A query says with :find what to return, such as [:find ?e :where [?e :person/name]].");
    }
    if (!sections.containsKey("in") && !sections.containsKey("where")) {
      throw mistake("No :in or :where clause specified.", "A query needs at least one of them.");
    }
    Shape shape = shape(find);
    List<FindElement> elements = new ArrayList<>();
    for (Object element : columns(shape, find)) {
      elements.add(element(element));
    }
    List<@Nullable Object> inputs = sections.get("in");
    return new Query(
        shape,
        elements,
        names(sections, shape, elements.size()),
        with(sections.getOrDefault("with", List.of())),
        inputs == null ? Optional.empty() : Optional.of(inputs(inputs)),
        ClauseReader.clauses(sections.getOrDefault("where", List.of())));
  }

  private static Shape shape(List<@Nullable Object> find) {
    int size = find.size();
    if (size == 2 && Forms.isSymbol(find.get(1), ".")) {
      return Shape.SCALAR;
    }
    if (size == 1
        && find.get(0) instanceof IPersistentVector
        && find.get(0) instanceof List<?> inner) {
      return inner.size() == 2 && Forms.isSymbol(inner.get(1), "...")
          ? Shape.COLLECTION
          : Shape.TUPLE;
    }
    return Shape.RELATION;
  }

  private static List<@Nullable Object> columns(Shape shape, List<@Nullable Object> find) {
    return switch (shape) {
      case RELATION -> find;
      case SCALAR -> find.subList(0, 1);
      case COLLECTION -> Forms.elements(find.get(0)).orElseThrow().subList(0, 1);
      case TUPLE -> Forms.elements(find.get(0)).orElseThrow();
    };
  }

  private static FindElement element(@Nullable Object form) {
    if (form != null && Forms.isVariable(form)) {
      return new FindElement.Plain(Forms.variable(form));
    }
    List<@Nullable Object> parts = Forms.elements(form).orElse(List.of());
    if (parts.size() < 2 || !(parts.get(0) instanceof Symbol name)) {
      throw mistake(
          "Argument " + show(form) + " in :find is not a variable.",
          "Expected ?variable, (aggregate ?variable) or (pull ?variable pattern).");
    }
    return Forms.isSymbol(name, "pull") ? pull(form, parts) : aggregate(form, name, parts);
  }

  private static FindElement pull(@Nullable Object form, List<@Nullable Object> parts) {
    boolean hasSource = Forms.isSource(parts.get(1));
    int at = hasSource ? 2 : 1;
    if (parts.size() != at + 2 || !Forms.isVariable(parts.get(at))) {
      throw mistake(
          "A pull in :find reads " + show(form) + ".",
          "Expected (pull source? ?variable pattern).");
    }
    Object pattern = parts.get(at + 1);
    if (pattern == null) {
      throw mistake("The pattern of " + show(form) + " is nil.", "Expected a list of attributes.");
    }
    return new FindElement.Pull(
        hasSource ? Optional.of(((Symbol) required(parts.get(1))).getName()) : Optional.empty(),
        Forms.variable(required(parts.get(at))),
        pattern instanceof Symbol name
            ? new PullPattern.Input(name)
            : new PullPattern.Literal(pattern));
  }

  private static FindElement aggregate(
      @Nullable Object form, Symbol name, List<@Nullable Object> parts) {
    Object last = parts.get(parts.size() - 1);
    if (!Forms.isVariable(last)) {
      throw mistake(
          "Argument " + show(last) + " in :find is not a variable.",
          "The last argument of an aggregate such as " + show(form) + " is a variable.");
    }
    List<@Nullable Object> constants = new ArrayList<>();
    for (Object constant : parts.subList(1, parts.size() - 1)) {
      if (Forms.isVariable(constant)) {
        throw mistake(
            "The aggregate " + show(form) + " has more than one variable.",
            "Arguments before the last one are constants.");
      }
      constants.add(ClauseReader.unquoted(constant));
    }
    return new FindElement.Aggregate(name, constants, Forms.variable(required(last)));
  }

  private static Object required(@Nullable Object form) {
    return Objects.requireNonNull(form);
  }

  private static Optional<List<Object>> names(
      Map<String, List<@Nullable Object>> sections, Shape shape, int columnCount) {
    List<Object> names = null;
    for (String section : RETURN_MAPS) {
      List<@Nullable Object> forms = sections.get(section);
      if (forms == null) {
        continue;
      }
      if (names != null) {
        throw mistake(
            "The query has two of :keys, :strs and :syms.", "Rows have keys of one kind.");
      }
      names = new ArrayList<>();
      for (Object form : forms) {
        names.add(name(section, form));
      }
      if (names.size() != columnCount) {
        throw mistake(
            "Count of :keys/:strs/:syms must match count of :find.",
            "There are " + names.size() + " names for " + columnCount + " columns.");
      }
      if (shape != Shape.RELATION && shape != Shape.TUPLE) {
        throw mistake(
            ":" + section + " names the columns of rows, but :find asks for single values.",
            "Leave :" + section + " out, or let :find return rows.");
      }
    }
    return Optional.ofNullable(names);
  }

  private static Object name(String section, @Nullable Object form) {
    String name = switch (form) {
      case Symbol symbol -> qualified(symbol.getNamespace(), symbol.getName());
      case Keyword keyword -> qualified(keyword.getNamespace(), keyword.getName());
      case String text -> text;
      case null, default ->
        throw mistake("A name in :" + section + " is " + show(form) + ".", "Expected a symbol.");
    };
    return switch (section) {
      case "keys" -> Keyword.intern(name);
      case "strs" -> name;
      default -> Symbol.intern(name);
    };
  }

  private static String qualified(@Nullable String namespace, String name) {
    return namespace == null ? name : namespace + "/" + name;
  }

  private static List<Variable> with(List<@Nullable Object> forms) {
    List<Variable> variables = new ArrayList<>();
    for (Object form : forms) {
      if (form == null || !Forms.isVariable(form)) {
        throw mistake(
            "Argument " + show(form) + " in :with is not a variable.", "Expected ?variables.");
      }
      variables.add(Forms.variable(form));
    }
    return variables;
  }

  private static List<Input> inputs(List<@Nullable Object> forms) {
    List<Input> inputs = new ArrayList<>();
    for (Object form : forms) {
      inputs.add(input(form));
    }
    return inputs;
  }

  private static Input input(@Nullable Object form) {
    if (form instanceof Symbol symbol && !Forms.isVariable(form)) {
      if (Forms.isSource(form)) {
        return new Input.Source(symbol.getName());
      }
      return switch (symbol.getName()) {
        case "%" -> new Input.RuleSet();
        case "_" -> new Input.Ignored();
        default -> new Input.Pattern(symbol);
      };
    }
    return new Input.Bind(ClauseReader.binding(form));
  }
}
