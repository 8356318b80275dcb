package valence.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import valence.api.Client;

final class CaseRunTest {
  private static List<Case> cases(String forms) {
    return CorpusReader.suites("[{:suite \"s\" :cases [" + forms + "]}]")
        .getFirst()
        .cases();
  }

  private static Session session(Runnable onQuery) {
    Client client = (Client) Proxy.newProxyInstance(
        CaseRunTest.class.getClassLoader(), new Class<?>[] {Client.class}, (_, _, _) -> {
          onQuery.run();
          return List.of(List.of(1L));
        });
    return Session.over(client, Forms.connection());
  }

  @Test
  void casesThatHangFailAndSoDoThoseAfterTooMany() {
    CountDownLatch never = new CountDownLatch(1);
    Session session = session(() -> {
      try {
        never.await();
      } catch (InterruptedException stopped) {
        throw new IllegalStateException(stopped);
      }
    });
    Case one =
        cases("{:id \"a\" :op :q :query [] :args [] :expect {:error {}}}").getFirst();
    CaseRun run = new CaseRun(Duration.ofMillis(20));
    List<String> reasons = new ArrayList<>();
    for (int i = 0; i <= CaseRun.HUNG_MAX; i++) {
      if (run.run(one, session) instanceof Verdict.Failed(_, var actual, _)) {
        reasons.add(actual.substring(0, 7));
      }
    }
    assertThat(reasons).hasSize(CaseRun.HUNG_MAX + 1).startsWith("breakdo").endsWith("not run");
  }

  @Test
  void aSequencePassesWhenEachStepDoes() {
    String right = "{:id \"s1\" :op :q :query [] :args [] :expect {:rows #bag [[1]]}}";
    String wrong = "{:id \"s2\" :op :q :query [] :args [] :expect {:rows #bag [[2]]}}";
    List<Case> cases = cases("{:id \"a\" :op :seq :steps [" + right + "]}"
        + "{:id \"b\" :op :seq :steps [" + right + wrong + "]}"
        + "{:id \"c\" :op :seq :steps []}");
    CaseRun run = new CaseRun();
    Session session = session(() -> {});
    assertThat(run.run(cases.get(0), session)).isInstanceOf(Verdict.Passed.class);
    assertThat(run.run(cases.get(1), session))
        .isInstanceOfSatisfying(
            Verdict.Failed.class, failed -> assertThat(failed.why()).startsWith("step s2: "));
    assertThat(run.run(cases.get(2), session)).isInstanceOf(Verdict.Failed.class);
  }

  @Test
  void anOperationThatNobodyKnowsFailsEvenAsAQuirk() {
    List<Case> cases = cases("{:id \"a\" :op :frobnicate :expect {:error {}}}"
        + "{:id \"b\" :quirk true :op :frobnicate :expect {:error {}}}");
    assertThat(cases)
        .allSatisfy(one -> assertThat(new CaseRun().run(one, session(() -> {})))
            .isInstanceOf(Verdict.Failed.class));
  }
}
