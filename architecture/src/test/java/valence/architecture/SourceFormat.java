package valence.architecture;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The form of a Java source: what palantir-java-format makes of it, with 2 spaces and 100 columns,
/// except where it doesn't know today's Java yet.
///
/// It breaks long `///` lines into code, so it isn't shown these comments; paragraphs of them that
/// pass the last column are filled anew here. It loses the `_` of record patterns, so it sees a
/// pattern with a name there. And it takes a `@Nullable` that belongs to a type for one of the
/// method and gives it a line of its own, which is undone.
final class SourceFormat {
  static final int COLUMNS_MAX = 100;

  private static final Formatter FORMATTER = Formatter.createFormatter(
      JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.GOOGLE).build());

  private static final String DOC = "///";
  private static final String HIDDEN = "/// hidden ";

  /// What begins something of its own, and doesn't continue the paragraph before it.
  private static final Pattern BEGINNING =
      Pattern.compile("\\s*|(?:- |\\d+\\. |[|#@>]|```).*| {4,}.*");

  /// What can't be broken: headings, rows of tables, and code.
  private static final Pattern UNBREAKABLE = Pattern.compile("\\s*|(?:[|#>]|```).*| {4,}.*");

  private static final Pattern LIST_MARK = Pattern.compile("^((?:- |\\d+\\. )?).*");

  private static final Pattern NULLABLE_LINE =
      Pattern.compile("(?m)^( +@Nullable)\\n +(?!@|public |private |protected |static )(.*)$");

  /// A `_` that stands alone in brackets: of a record pattern, or a parameter of a lambda.
  private static final Pattern UNNAMED = Pattern.compile("(?<=[(,] |[(,])_(?= ?[,)])");

  /// What the formatter sees for the `_` of a record pattern: a type and a name, as short as can
  /// be.
  private static final String NAMED = "\u01b7 \u01b7";

  private SourceFormat() {}

  static String format(String source) throws FormatterException {
    List<String> docs = new ArrayList<>();
    var hidden = new StringBuilder();
    for (String line : nameUnnamed(source).split("\n", -1)) {
      if (line.strip().startsWith(DOC)) {
        hidden.append(line, 0, line.indexOf(DOC)).append(HIDDEN).append(docs.size());
        docs.add(line.strip().substring(DOC.length()));
      } else {
        hidden.append(line);
      }
      hidden.append('\n');
    }
    hidden.setLength(hidden.length() - 1);
    List<String> lines = new ArrayList<>();
    // Without the part that breaks long strings, as that rewrites text blocks, too.
    String imported = RemoveUnusedImports.removeUnusedImports(
        ImportOrderer.reorderImports(hidden.toString(), JavaFormatterOptions.Style.GOOGLE));
    String formatted = FORMATTER.formatSource(imported).replace(NAMED, "_");
    for (String line : joinNullable(formatted).split("\n", -1)) {
      if (line.strip().startsWith(HIDDEN)) {
        int number = Integer.parseInt(line.strip().substring(HIDDEN.length()));
        lines.add(line.substring(0, line.indexOf(DOC)) + DOC + docs.get(number));
      } else {
        lines.add(line);
      }
    }
    return String.join("\n", filled(lines));
  }

  private static String nameUnnamed(String source) {
    return UNNAMED
        .matcher(source)
        .replaceAll(found -> isOfRecordPattern(source, found.start()) ? NAMED : "_");
  }

  /// Whether a name stands before the bracket that the position is in: `Scan(Ʒ Ʒ, var prefix)`.
  private static boolean isOfRecordPattern(String source, int position) {
    int depth = 1;
    int open = position;
    while (depth > 0 && open > 0) {
      open--;
      depth += source.charAt(open) == ')' ? 1 : source.charAt(open) == '(' ? -1 : 0;
    }
    return open > 0
        && (Character.isJavaIdentifierPart(source.charAt(open - 1))
            || source.charAt(open - 1) == '>');
  }

  private static String joinNullable(String source) {
    return NULLABLE_LINE.matcher(source).replaceAll(found -> {
      String joined = found.group(1) + " " + found.group(2);
      return Matcher.quoteReplacement(joined.length() <= COLUMNS_MAX ? joined : found.group());
    });
  }

  /// The lines, with the paragraphs of comments that pass the last column filled anew.
  private static List<String> filled(List<String> lines) {
    List<String> filled = new ArrayList<>();
    int start = 0;
    while (start < lines.size()) {
      String first = lines.get(start);
      boolean breakable = isDoc(first) && !UNBREAKABLE.matcher(content(first)).matches();
      int end = start + 1;
      while (breakable
          && end < lines.size()
          && isDoc(lines.get(end))
          && !BEGINNING.matcher(content(lines.get(end))).matches()) {
        end++;
      }
      List<String> paragraph = lines.subList(start, end);
      boolean tooLong = paragraph.stream().anyMatch(line -> line.length() > COLUMNS_MAX);
      filled.addAll(breakable && tooLong ? fill(paragraph) : paragraph);
      start = end;
    }
    return filled;
  }

  private static List<String> fill(List<String> paragraph) {
    String first = paragraph.getFirst();
    String margin = first.substring(0, first.indexOf(DOC)) + DOC + " ";
    // Later lines are indented as the second is, or else as the text after the mark of a list.
    String indent = paragraph.size() > 1
        ? content(paragraph.get(1)).replaceFirst("\\S.*", "")
        : " ".repeat(LIST_MARK.matcher(content(first)).replaceFirst("$1").length());
    List<String> filled = new ArrayList<>();
    String line = margin + content(first).replaceFirst("\\S.*", "");
    String between = "";
    for (String part : paragraph) {
      for (String word : content(part).strip().split(" +")) {
        if (line.length() + between.length() + word.length() > COLUMNS_MAX && !between.isEmpty()) {
          filled.add(line);
          line = margin + indent;
          between = "";
        }
        line += between + word;
        between = " ";
      }
    }
    filled.add(line);
    return filled;
  }

  private static boolean isDoc(String line) {
    return line.strip().startsWith(DOC);
  }

  /// What follows `/// `.
  private static String content(String line) {
    String text = line.strip().substring(DOC.length());
    return text.startsWith(" ") ? text.substring(1) : text;
  }
}
