package valence.wire.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;

final class GrantTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"read:shop", "read:*", "transact:a.b-c_9", "administer:*", "push", "call"})
  void aGrantIsReadAsItIsWritten(String text) {
    assertThat(Grant.parse(text)).hasSize(1).first().hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "read",
        "read:",
        "push:*",
        "push:x",
        "write:*",
        "read:a b",
        "READ:x",
        ":",
        "read:a*"
      })
  void whatIsNoGrantIsRefused(String text) {
    assertThatThrownBy(() -> Grant.parse(text))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("is no grant");
  }

  @Test
  void everyDatabaseIsEveryOneButTheSystemsOwn() {
    Grant every = Grant.parse("read:*").getFirst();
    assertThat(every.allows(Action.READ, "shop")).isTrue();
    assertThat(every.allows(Action.TRANSACT, "shop")).isFalse();
    assertThat(every.allows(Action.READ, Grant.CONTROL_DATABASE)).isFalse();
    assertThat(Grant.parse("read:" + Grant.CONTROL_DATABASE)
            .getFirst()
            .allows(Action.READ, Grant.CONTROL_DATABASE))
        .isTrue();
    Grant one = Grant.parse("read:shop").getFirst();
    assertThat(one.allows(Action.READ, "shop")).isTrue();
    assertThat(one.allows(Action.READ, "shop2")).isFalse();
    assertThat(one.allows(Action.READ, Grant.EVERY)).isFalse();
  }

  @Test
  void allAreAllOfThem() {
    List<Grant> all = Grant.parse("all");
    for (Action action : Action.values()) {
      assertThat(all).anyMatch(grant -> grant.allows(action, "shop"));
    }
  }
}
