package valence.tools.cli;

import clojure.lang.Keyword;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.tools.schema.AttributeForm;
import valence.tools.schema.Diagram;
import valence.tools.schema.Schema;
import valence.tools.session.NodeDatabase;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;
import valence.wire.DbValue;

/// The schema of a database, for people, programs and browsers.
record SchemaPage(NodeDatabase database, DbValue db, Schema schema) {
  enum Picture {
    SVG,
    MERMAID,
    DOT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  void print(Terminal terminal, Format format, Optional<Picture> picture, Optional<Path> file) {
    if (picture.isPresent()) {
      String drawn = drawn(picture.get());
      if (file.isPresent()) {
        write(file.get(), drawn);
        terminal.line("Wrote " + file.get() + ".");
      } else {
        terminal.line(drawn.stripTrailing());
      }
      return;
    }
    Terminal into = terminal;
    if (file.isPresent()) {
      var text = new java.io.ByteArrayOutputStream();
      into = new Terminal(
          new java.io.PrintStream(text, true, java.nio.charset.StandardCharsets.UTF_8),
          terminal.err(),
          false);
      printTo(into, format);
      write(file.get(), text.toString(java.nio.charset.StandardCharsets.UTF_8));
      terminal.line("Wrote " + file.get() + ".");
    } else {
      printTo(into, format);
    }
  }

  private void printTo(Terminal terminal, Format format) {
    format.print(
        terminal,
        schema.shown().stream().map(AttributeForm::toMap).toList(),
        () -> table(schema.shown()).print(terminal));
  }

  static Table table(List<AttributeForm> forms) {
    Table table = new Table(List.of("attribute", "type", "values", "", "doc"));
    for (AttributeForm form : forms) {
      table.row(List.of(
          form.ident().toString(),
          form.type(),
          form.many() ? "many" : "one",
          form.notes(),
          form.doc()));
    }
    return table;
  }

  private String drawn(Picture picture) {
    Diagram diagram = Diagram.of(database, db, schema);
    return switch (picture) {
      case SVG -> diagram.svg();
      case MERMAID -> diagram.mermaid();
      case DOT -> diagram.dot();
    };
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              file + " can't be written: " + e + ".",
              "Name another file with --out.")
          .toException(e);
    }
  }

  /// Whether an attribute is one that every database begins with, or an import's.
  static boolean isOfEveryDatabase(@Nullable Object attribute) {
    if (!(attribute instanceof Keyword ident) || ident.getNamespace() == null) {
      return false;
    }
    String kind = ident.getNamespace();
    return kind.equals("db")
        || kind.startsWith("db.")
        || kind.equals("valence.tx")
        || kind.equals(Schema.IMPORT_KIND)
        || kind.equals("fressian");
  }
}
