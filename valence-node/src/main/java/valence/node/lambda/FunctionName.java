package valence.node.lambda;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How callers name a function: `name`, `account:function:name` or a full ARN, each perhaps with a
/// qualifier behind it.
///
/// @param qualifier empty when there is none
record FunctionName(String name, String qualifier) {
  private static final Pattern FORM =
      Pattern.compile("(?:(?:arn:[a-z0-9-]+:lambda:[a-z0-9-]+:)?[0-9]{12}:function:)?"
          + "([A-Za-z0-9_-]{1,64})(?::([$A-Za-z0-9_-]{1,128}))?");

  /// The name in a text of one of the forms; empty for any other.
  static Optional<FunctionName> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    return Optional.of(new FunctionName(form.group(1), form.group(2) == null ? "" : form.group(2)));
  }
}
