package valence.engine.pull;

import static org.junit.jupiter.api.Assertions.assertEquals;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.engine.db.EntityRef;
import valence.engine.function.FunctionResolver;

/// What the reference was seen to pull; the cases and the data are in `observed.edn` and
/// `people.edn`.
class ObservedPullTest {
  private static final People PEOPLE = People.read();

  @TestFactory
  List<DynamicTest> pullsAsTheReferenceDoes() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Object form : PEOPLE.forms("observed.edn")) {
      List<?> one = (List<?>) Objects.requireNonNull(form);
      tests.add(DynamicTest.dynamicTest(
          Edn.print(one.get(0)) + " of " + Edn.print(one.get(1)),
          () -> assertEquals(
              People.unordered(one.get(2)), People.unordered(pulled(one.get(0), one.get(1))))));
    }
    return tests;
  }

  private static @Nullable Object pulled(@Nullable Object pattern, @Nullable Object entity) {
    var database = PEOPLE.db().database();
    try {
      return Pull.pull(
          database,
          Pull.pattern(pattern, database.schema()),
          EntityRef.resolve(database, entity),
          FunctionResolver.none());
    } catch (AnomalyException refused) {
      Anomaly anomaly = refused.anomaly();
      List<@Nullable Object> error = new ArrayList<>();
      error.add(Keyword.intern(anomaly.category().keyword().getName()));
      error.add(anomaly.error().orElse(null));
      return error;
    }
  }
}
