package valence.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;

final class JudgeTest {
  private static final Outcome CONFLICT =
      new Outcome.Refusal(Anomaly.conflict("db.error/cas-failed", "No.").toException());
  private static final Outcome CRASH = new Outcome.Breakdown(new NullPointerException());
  private static final Outcome WRAPPED_CRASH =
      new Outcome.Refusal(Anomaly.fault("Broken.").toException(new NullPointerException()));
  private static final Outcome FAULT =
      new Outcome.Refusal(Anomaly.fault("Full.").toException());

  private static Case one(String keys) {
    String text = "[{:suite \"s\" :cases [{:id \"s/1\" :op :q " + keys + "}]}]";
    return CorpusReader.suites(text).getFirst().cases().getFirst();
  }

  private static boolean passes(String keys, Outcome outcome) {
    return Judge.judge(one(keys), outcome, Forms.nowhere()) instanceof Verdict.Passed;
  }

  private static Outcome answer(String name, @Nullable Object value) {
    Map<String, @Nullable Object> parts = new HashMap<>();
    parts.put(name, value);
    return new Outcome.Answer(parts);
  }

  @Test
  void everyNamedPartMustMatch() {
    Map<String, @Nullable Object> parts = new HashMap<>();
    parts.put("datoms", List.of());
    parts.put("v-order", List.of(1L));
    Outcome outcome = new Outcome.Answer(parts);
    assertThat(passes(":expect {:datoms #bag []}", outcome)).isTrue();
    assertThat(passes(":expect {:datoms #bag [] :v-order [1]}", outcome)).isTrue();
    assertThat(passes(":expect {:datoms #bag [] :v-order [2]}", outcome)).isFalse();
    assertThat(passes(":expect {:datoms #bag [1] :v-order [1]}", outcome)).isFalse();
  }

  @Test
  void aPartThatTheResultDoesNotHaveFails() {
    assertThat(passes(":expect {:value nil}", answer("rows", null))).isFalse();
    assertThat(passes(":expect {:value nil}", answer("value", null))).isTrue();
    assertThat(passes(":expect {:something 1}", answer("rows", List.of()))).isFalse();
  }

  @Test
  void aCaseWithoutExpectationFails() {
    assertThat(passes("", answer("rows", List.of()))).isFalse();
  }

  @Test
  void anErrorMatchesInWhatIsGiven() {
    assertThat(passes(":expect {:error {}}", CONFLICT)).isTrue();
    assertThat(passes(":expect {:error {:category :cognitect.anomalies/conflict}}", CONFLICT))
        .isTrue();
    assertThat(passes(":expect {:error {:category :cognitect.anomalies/incorrect}}", CONFLICT))
        .isFalse();
    assertThat(passes(":expect {:error {:db/error :db.error/cas-failed}}", CONFLICT))
        .isTrue();
    assertThat(passes(
            ":expect {:error {:category :cognitect.anomalies/conflict"
                + " :db/error :db.error/other}}",
            CONFLICT))
        .isFalse();
    assertThat(passes(":expect {:error {:db/error :db.error/x}}", FAULT)).isFalse();
  }

  @Test
  void anAnswerPassesWhereOnlyTheOtherEditionHasOneThatIsNotRecorded() {
    String refused = ":expect {:error {}} :edition-differs true";
    Outcome answer = answer("rows", List.of());
    assertThat(Judge.judge(one(refused), answer, Forms.nowhere()))
        .isInstanceOf(Verdict.Unrecorded.class);
    assertThat(passes(refused, CONFLICT)).isTrue();
    assertThat(Judge.judge(one(refused), CRASH, Forms.nowhere()))
        .isInstanceOf(Verdict.Failed.class);
    assertThat(Judge.judge(one(refused + " :expect-alt {:rows #bag [1]}"), answer, Forms.nowhere()))
        .isInstanceOf(Verdict.Failed.class);
  }

  @Test
  void anAnswerIsNoErrorAndAnErrorNoAnswer() {
    assertThat(passes(":expect {:error {}}", answer("rows", List.of()))).isFalse();
    assertThat(passes(":expect {:rows #bag []}", CONFLICT)).isFalse();
    assertThat(passes(":expect {:rows #bag []}", CRASH)).isFalse();
    assertThat(passes(":expect {}", CONFLICT)).isFalse();
  }

  @Test
  void whatIsNoAnomalyIsNeverAnExpectedError() {
    assertThat(passes(":expect {:error {}}", CRASH)).isFalse();
    assertThat(
            passes(":expect {:error {}}", new Outcome.Breakdown(new Unresolved("nothing of that"))))
        .isFalse();
  }

  @Test
  void aQuirkPassesWithAnAnswerOrAnAnomaly() {
    String quirk = ":quirk true :expect {:error {}}";
    assertThat(passes(quirk, answer("rows", List.of()))).isTrue();
    assertThat(passes(quirk, CONFLICT)).isTrue();
    assertThat(passes(quirk, FAULT)).isTrue();
  }

  @Test
  void aQuirkFailsOnAnythingInternal() {
    String quirk = ":quirk true :expect {:error {}}";
    assertThat(passes(quirk, CRASH)).isFalse();
    assertThat(passes(quirk, WRAPPED_CRASH)).isFalse();
    assertThat(passes(quirk, new Outcome.Breakdown(new StackOverflowError()))).isFalse();
  }

  @Test
  void eitherEditionIsRight() {
    String both = ":edition-differs true :expect {:rows #bag [1]} :expect-alt {:error {}}";
    assertThat(passes(both, answer("rows", List.of(1L)))).isTrue();
    assertThat(passes(both, CONFLICT)).isTrue();
    assertThat(passes(both, answer("rows", List.of(2L)))).isFalse();
    assertThat(passes(both, CRASH)).isFalse();
  }

  @Test
  void onlyTheListedTempidsCount() {
    assertThat(passes(":expect {:tempids {\"a\" 7}}", answer("tempids", Map.of("a", 7L, "b", 8L))))
        .isTrue();
    assertThat(passes(":expect {:tempids {\"a\" 7}}", answer("tempids", Map.of("a", 9L))))
        .isFalse();
    assertThat(passes(":expect {:tempids {\"a\" 7}}", answer("tempids", Map.of())))
        .isFalse();
  }

  @Test
  void anExpectationThatNamesNothingFails() {
    Outcome outcome = answer("rows", List.of(List.of(1L)));
    assertThat(passes(":expect {:rows #bag [[#eid \"nobody\"]]}", outcome)).isFalse();
    assertThat(passes(":expect {:rows #bag [[#tx 4]]}", outcome)).isFalse();
    assertThat(passes(":expect {:tempids {\"a\" #eid \"a\"}}", answer("tempids", Map.of("a", 1L))))
        .isFalse();
  }

  @Test
  void aFailureShowsBothSidesAndTheElementsThatDiffer() {
    Verdict verdict = Judge.judge(
        one(":expect {:rows #bag [[1] [2] [3] [4]]}"),
        answer("rows", List.of(List.of(1L), List.of(2L), List.of(3L), List.of(5L))),
        Forms.nowhere());
    assertThat(verdict)
        .isEqualTo(new Verdict.Failed(
            "{:rows #bag [[1] [2] [3] [4]]}",
            "{:rows [[1] [2] [3] [5]]}",
            ":rows differs: 4 elements expected, 4 came; missing [[4]], unexpected [[5]]"));
  }
}
