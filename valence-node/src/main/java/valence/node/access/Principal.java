package valence.node.access;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.wire.Fields;
import valence.wire.access.Grant;

/// A person or a program, and what it may do.
record Principal(String name, List<Grant> grants, Limits limits) {
  static final int GRANT_COUNT_MAX = 1_000;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}");

  Principal {
    grants = List.copyOf(new LinkedHashSet<>(grants));
    if (!NAME.matcher(name).matches()) {
      throw Anomaly.incorrect(
              "access.error/invalid-principal",
              "\"" + name + "\" can't name a principal.",
              "Expected 1 to 64 letters, digits, _, ., @ and -, a letter or digit first.")
          .toException();
    }
    if (grants.isEmpty() || grants.size() > GRANT_COUNT_MAX) {
      throw Anomaly.incorrect(
              "access.error/invalid-principal",
              name + " would have " + grants.size() + " grants.",
              "Expected 1 to " + GRANT_COUNT_MAX + ", such as read:inventory.")
          .toException();
    }
  }

  static Principal of(Object form) {
    Fields fields = Fields.of("A principal", form);
    fields.only("name", "grants", "limits");
    return new Principal(
        fields.text("name"),
        grants(fields.list("grants", List.of())),
        Limits.of(
            Fields.of(":limits", fields.contains("limits") ? fields.map("limits") : Map.of())));
  }

  static List<Grant> grants(List<Object> words) {
    List<Grant> grants = new ArrayList<>();
    words.forEach(word -> grants.addAll(Grant.parse(String.valueOf(word))));
    return grants;
  }

  Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("name"), name);
    map.put(kw("grants"), grants.stream().map(Grant::toString).toList());
    map.put(kw("limits"), limits.toMap());
    return map;
  }
}
