package valence.api;

/// The one exception of Valence: it carries the [Anomaly] that says everything.
public final class AnomalyException extends RuntimeException {
  private final transient Anomaly anomaly;

  public AnomalyException(Anomaly anomaly) {
    super(anomaly.message());
    this.anomaly = anomaly;
  }

  public AnomalyException(Anomaly anomaly, Throwable cause) {
    super(anomaly.message(), cause);
    this.anomaly = anomaly;
  }

  public Anomaly anomaly() {
    return anomaly;
  }
}
