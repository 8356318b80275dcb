package valence.wire.ion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import clojure.lang.Symbol;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import valence.api.AnomalyException;

final class IonConfigTest {
  private static final String ORDERS = """
      {:app-name "orders"
       :allow [shop.tx/place-order shop.Q/*]
       :xforms [shop.view/money]
       :lambdas {:on-upload {:fn shop.events/on-upload :description "import"
                             :timeout-secs 120 :concurrency-limit 5
                             :on-failure "failed"}
                 :free {:fn shop.events/free :concurrency-limit :none}
                 :proxy {:fn shop.web/old :integration :api-gateway/proxy}}
       :http-direct {:handler-fn shop.web/handler :processing-concurrency 32}
       :check {:fn shop.Check/ready :timeout-secs 5}
       :schema {"shop" "schema.edn" "old" ["a/schema.edn" "b.edn"]}}
      """;

  @Test
  void everyKeyIsRead() {
    IonConfig config = IonConfig.parse(ORDERS);
    assertThat(config.appName()).isEqualTo("orders");
    assertThat(config.allow())
        .containsExactly(Symbol.intern("shop.tx/place-order"), Symbol.intern("shop.Q/*"));
    LambdaConfig onUpload = config.lambdas().get("on-upload");
    assertThat(onUpload)
        .isEqualTo(new LambdaConfig(
            Symbol.intern("shop.events/on-upload"), "import", 120, 5, "failed", false));
    LambdaConfig proxy = config.lambdas().get("proxy");
    assertThat(proxy)
        .isEqualTo(new LambdaConfig(Symbol.intern("shop.web/old"), "", 60, 20, "", true));
    assertThat(config.lambdas().get("free"))
        .isEqualTo(new LambdaConfig(Symbol.intern("shop.events/free"), "", 60, null, "", false));
    assertThat(config.http())
        .contains(new HttpDirect(Symbol.intern("shop.web/handler"), 32, 100, "Throttled", 429, 60));
    assertThat(config.startUpCheck())
        .contains(new CheckConfig(Symbol.intern("shop.Check/ready"), 5));
    assertThat(config.schema().resources())
        .isEqualTo(Map.of("shop", List.of("schema.edn"), "old", List.of("a/schema.edn", "b.edn")));
    assertThat(IonConfig.of(config.toMap())).isEqualTo(config);
    assertThat(IonConfig.parse("{:app-name \"x\"}").lambdas()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|Expected a map",
        "{}|has no :app-name",
        "{:app-name \"a b\"}|Expected a name of letters",
        "{:app-name \"a\" :alow []}|:alow, which isn't known",
        "{:app-name \"a\" :allow x/y}|Expected a list",
        "{:app-name \"a\" :check {}}|:check has no :fn",
        "{:app-name \"a\" :check {:fn a/b :timeout-secs 601}}|a whole number from 1 to 600",
        "{:app-name \"a\" :schema \"x\"}|Expected a map",
        "{:app-name \"a\" :schema {:a \"x\"}}|the name of a database",
        "{:app-name \"a\" :schema {\"a\" []}}|the path of a resource",
        "{:app-name \"a\" :schema {\"a\" \"/x\"}}|the path of a resource",
        "{:app-name \"a\" :allow [y]}|the symbol of a function with its class",
        "{:app-name \"a\" :xforms [x/*]}|the symbol of a function with its class",
        "{:app-name \"a\" :lambdas {:x {}}}|:lambdas, :x has no :fn",
        "{:app-name \"a\" :lambdas {x {:fn a/b}}}|a keyword of letters",
        "{:app-name \"a\" :lambdas {:x {:fn a/b :timeout-secs 901}}}|a whole number from 1 to 900",
        "{:app-name \"a\" :lambdas {:x {:fn a/b :concurrency-limit 0}}}|a whole number from 1",
        "{:app-name \"a\" :lambdas {:x {:fn a/b :integration :other}}}|:api-gateway/proxy",
        "{:app-name \"a\" :http-direct {}}|has no :handler-fn",
        "{:app-name \"a\" :http-direct {:handler-fn a/b :pending-ops-exceeded-code 20}}|from 400"
      })
  void aMistakeIsNamed(String text, String message) {
    assertThatThrownBy(() -> IonConfig.parse(text))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aRevisionIsReadBack() {
    var revision = new Revision(
        "orders",
        "unreproducible/try",
        "me",
        IonConfig.parse(ORDERS),
        List.of(
            new Artifact("0".repeat(64), "orders.jar", 7, Artifact.Kind.APPLICATION, null),
            new Artifact(
                "1".repeat(64),
                "tea-2.jar",
                8,
                Artifact.Kind.LIBRARY,
                new Coordinates("org.tea/tea", "2"))));
    assertThat(Revision.of(revision.toMap())).isEqualTo(revision);
    assertThat(revision.reproducible()).isFalse();
    assertThatThrownBy(() -> Revision.of(Map.of())).hasMessageContaining("no :app-name");
  }
}
