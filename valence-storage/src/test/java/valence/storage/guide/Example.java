package valence.storage.guide;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A fenced block of a page that is run.
sealed interface Example {
  /// The line of the fence, from 1.
  int line();

  record Steps(int line, List<Step> steps) implements Example {
    public Steps {
      steps = List.copyOf(steps);
    }
  }

  record Program(int line, String source) implements Example {}

  /// A file of the class path that the page's database finds functions on.
  record Source(int line, String path, String text) implements Example {}

  /// @param expected the comment that follows, its marks removed from all but the first line
  record Step(int line, String form, Optional<String> expected) {}

  /// The examples of a page, in order.
  static List<Example> of(String page) {
    List<Example> examples = new ArrayList<>();
    List<String> lines = page.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).startsWith("```")) {
        continue;
      }
      int end = i + 1;
      while (end < lines.size() && !lines.get(end).equals("```")) {
        end++;
      }
      List<String> block = lines.subList(i + 1, Math.min(end, lines.size()));
      switch (lines.get(i)) {
        case "```clojure" -> examples.add(new Steps(i + 1, steps(block, i + 2)));
        case "```java" -> examples.add(new Program(i + 1, String.join("\n", block)));
        case "```", "```edn", "```xml", "```sh", "```console" -> {} // for people, or other tests
        default -> {
          String[] fence = lines.get(i).split(" ", 2);
          if (fence.length < 2) {
            throw new AssertionError("line " + (i + 1) + ": what is a " + lines.get(i) + "?");
          }
          examples.add(new Source(i + 1, fence[1], String.join("\n", block) + "\n"));
        }
      }
      i = end;
    }
    return examples;
  }

  private static List<Step> steps(List<String> block, int firstLine) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < block.size(); ) {
      if (block.get(i).isBlank() || block.get(i).startsWith("; ")) {
        i++;
        continue;
      }
      int begin = i;
      StringBuilder form = new StringBuilder();
      do {
        form.append(block.get(i++)).append('\n');
      } while (i < block.size()
          && !block.get(i).startsWith(";")
          && !block.get(i).startsWith("("));
      StringBuilder expected = new StringBuilder();
      if (i < block.size() && (block.get(i).startsWith(";=>") || block.get(i).startsWith(";!!"))) {
        expected.append(block.get(i++)).append('\n');
        while (i < block.size() && block.get(i).startsWith("; ")) {
          expected.append(block.get(i++).substring(1)).append('\n');
        }
      }
      steps.add(new Step(
          firstLine + begin,
          form.toString(),
          expected.isEmpty() ? Optional.empty() : Optional.of(expected.toString())));
    }
    return steps;
  }
}
