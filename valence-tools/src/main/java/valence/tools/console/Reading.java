package valence.tools.console;

import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/// How JLine is to see an entry: complete when its forms are, with the word under the cursor.
final class Reading implements Parser {
  private static final String BETWEEN_WORDS = " \t\n,()[]{}\"'";

  /// The word that the cursor is in or behind.
  private record Seen(String line, int cursor, String word, int wordCursor, int wordIndex)
      implements CompletingParsedLine {
    @Override
    public List<String> words() {
      return List.of(word);
    }

    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return candidate;
    }

    @Override
    public int rawWordCursor() {
      return wordCursor;
    }

    @Override
    public int rawWordLength() {
      return word.length();
    }
  }

  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    if (context == ParseContext.ACCEPT_LINE && !Script.isClosed(line)) {
      throw new EOFError(-1, -1, "the form isn't closed");
    }
    int begin = cursor;
    while (begin > 0 && BETWEEN_WORDS.indexOf(line.charAt(begin - 1)) < 0) {
      begin--;
    }
    int end = cursor;
    while (end < line.length() && BETWEEN_WORDS.indexOf(line.charAt(end)) < 0) {
      end++;
    }
    return new Seen(line, cursor, line.substring(begin, end), cursor - begin, 0);
  }

  @Override
  public boolean isEscapeChar(char c) {
    return false;
  }
}
