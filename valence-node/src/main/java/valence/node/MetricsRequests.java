package valence.node;

import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.DbStatus;
import valence.engine.local.LocalClient;
import valence.node.access.Admission;
import valence.node.http.Exchange;
import valence.node.http.Reply;
import valence.node.telemetry.Exposition;
import valence.node.telemetry.Samples;
import valence.node.telemetry.Telemetry;

/// `GET /metrics`, for Prometheus and whoever reads its formats.
final class MetricsRequests {
  static final String PATH = "/metrics";

  private final Telemetry telemetry;
  private final LocalClient databases;

  MetricsRequests(Telemetry telemetry, LocalClient databases) {
    this.telemetry = telemetry;
    this.databases = databases;
  }

  /// What there is now, of databases those that the caller may know of.
  Reply answer(Exchange exchange, Admission admission) {
    if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
      return Reply.text(405, "Expected GET.\n").withHeader("allow", "GET, HEAD");
    }
    Samples samples = telemetry.metrics().read();
    for (Connection connection : databases.open()) {
      if (admission.sees(connection.dbName())) {
        tell(connection, samples);
      }
    }
    cache(samples);
    Exposition form = Exposition.ofAccept(exchange.header("accept").orElse(""));
    return Reply.of(
        200,
        form.mediaType(),
        form.print(samples).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static void tell(Connection connection, Samples samples) {
    String name = connection.dbName();
    DbStatus status;
    try {
      status = connection.status();
    } catch (AnomalyException e) { // deleted meanwhile
      return;
    }
    samples.counter(
        "valence_db_transactions_total", "Transactions of a database.", status.t(), "db", name);
    samples.gauge(
        "valence_db_indexed_t",
        "The last transaction in the durable index.",
        status.indexT(),
        "db",
        name);
    samples.gauge(
        "valence_db_novelty_rows", "Rows that aren't in it yet.", status.noveltyRows(), "db", name);
    samples.gauge(
        "valence_db_novelty_bytes", "About what they take.", status.noveltyBytes(), "db", name);
    samples.gauge(
        "valence_db_indexing_failures",
        "Index jobs that failed since the last that didn't.",
        status.failures(),
        "db",
        name);
    samples.gauge(
        "valence_db_indexing_rows_left",
        "What the index job under way has left to do.",
        status.indexing().map(each -> each.rowsTotal() - each.rowsDone()).orElse(0L),
        "db",
        name);
  }

  private void cache(Samples samples) {
    var stats = databases.cacheStats();
    samples.counter(
        "valence_cache_hits_total", "Segments found, by tier.", stats.heapHits(), "tier", "heap");
    samples.counter(
        "valence_cache_hits_total", "Segments found, by tier.", stats.nearHits(), "tier", "near");
    samples.counter(
        "valence_cache_hits_total",
        "Segments found, by tier.",
        stats.storeReads(),
        "tier",
        "store");
    samples.counter(
        "valence_cache_repairs_total", "Damaged copies that were read anew.", stats.repairs());
    samples.gauge("valence_cache_heap_bytes", "What decoded segments take.", stats.heapBytes());
  }
}
