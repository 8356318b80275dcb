package valence.node.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Sends spans to a collector: OTLP over HTTP in its JSON form, as OpenTelemetry specifies it.
final class TraceExport implements AutoCloseable {
  private static final Outbox.Terms TERMS =
      new Outbox.Terms(8_192, 512, Duration.ofSeconds(1), Duration.ofMillis(500));
  private static final String PATH = "/v1/traces";

  private final Map<String, Object> resource;
  private final Outbox<Span.Ended> outbox;

  /// @param endpoint of the collector, such as `http://127.0.0.1:4318`
  TraceExport(URI endpoint, String system, String group, Metrics metrics) {
    String base = endpoint.toString().replaceAll("/+$", "");
    URI address = base.endsWith(PATH) ? URI.create(base) : URI.create(base + PATH);
    this.resource = Map.of(
        "attributes",
        attributes(new LinkedHashMap<>(
            Map.of("service.name", "valence-" + system, "service.namespace", group))));
    this.outbox = new Outbox<>("traces", address, TERMS, metrics, this::letter);
  }

  void add(Span.Ended span) {
    outbox.add(span);
  }

  private Outbox.Letter letter(List<Span.Ended> spans) {
    Object all = Map.of(
        "resourceSpans",
        List.of(Map.of(
            "resource",
            resource,
            "scopeSpans",
            List.of(Map.of(
                "scope",
                Map.of("name", "valence"),
                "spans",
                spans.stream().map(TraceExport::span).toList())))));
    byte[] text = LooseJson.print(all).getBytes(UTF_8);
    return new Outbox.Letter(text, "content-type", "application/json");
  }

  private static Map<String, Object> span(Span.Ended span) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("traceId", span.context().traceId());
    map.put("spanId", span.context().spanId());
    if (!span.context().state().isEmpty()) {
      map.put("traceState", span.context().state());
    }
    if (span.parentId() != null) {
      map.put("parentSpanId", span.parentId());
    }
    map.put("name", span.name());
    map.put("kind", span.kind());
    // 64-bit numbers are strings in the JSON of protocol buffers.
    map.put("startTimeUnixNano", Long.toString(span.beginNanos()));
    map.put("endTimeUnixNano", Long.toString(span.endNanos()));
    map.put("attributes", attributes(span.attributes()));
    if (span.error() != null) {
      map.put("status", Map.of("code", 2, "message", span.error()));
    }
    return map;
  }

  private static List<Object> attributes(Map<String, Object> given) {
    List<Object> attributes = new ArrayList<>();
    given.forEach((key, value) -> attributes.add(Map.of(
        "key",
        key,
        "value",
        switch (value) {
          case Boolean flag -> Map.of("boolValue", flag);
          case Long number -> Map.of("intValue", number.toString());
          case Integer number -> Map.of("intValue", number.toString());
          case Double number -> Map.of("doubleValue", number);
          default -> Map.of("stringValue", value.toString());
        })));
    return attributes;
  }

  @Override
  public void close() {
    outbox.close();
  }
}
