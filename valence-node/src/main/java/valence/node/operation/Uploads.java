package valence.node.operation;

import java.io.InputStream;
import java.time.Duration;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.store.BlobId;
import valence.node.app.CodeStore;
import valence.node.http.Endpoint;
import valence.node.http.Exchange;
import valence.node.http.Lane;
import valence.node.http.Reply;
import valence.wire.Answer;
import valence.wire.Format;
import valence.wire.ion.Artifact;

/// `PUT /artifacts/<sha256>`: takes artifacts into the code store as they arrive.
public final class Uploads implements Endpoint {
  public static final String PATH = "/artifacts/";

  private static final int RUNNING_MAX = 4;
  private static final int WAITING_MAX = 64;
  private static final Duration LIMIT = Duration.ofMinutes(9);

  private final CodeStore store;
  private final Lane lane = new Lane("uploads", RUNNING_MAX, WAITING_MAX);

  public Uploads(CodeStore store) {
    this.store = store;
  }

  @Override
  public Reply answer(Exchange exchange) throws Exception {
    Format format = Format.ofAccept(exchange.header("accept").orElse(""), Format.EDN);
    try {
      boolean created = upload(exchange);
      return Reply.of(
          created ? 201 : 200, format.mediaType(), new Answer.Success(created).encode(format));
    } catch (AnomalyException e) {
      return Operations.reply(format, e.anomaly());
    }
  }

  private boolean upload(Exchange exchange) throws Exception {
    String id = exchange.path().substring(PATH.length());
    if (!Artifact.isId(id) || !exchange.method().equals("PUT")) {
      throw Anomaly.incorrect(
              "db.error/invalid-request",
              "An upload was given as " + exchange.method() + " " + exchange.path() + ".",
              "Expected PUT " + PATH + " and a SHA-256 in 64 lower-case hexadecimal digits.")
          .toException();
    }
    if (exchange.announcedLength() > CodeStore.ARTIFACT_BYTES_MAX) {
      throw CodeStore.tooLarge();
    }
    return lane.call(LIMIT, () -> {
      try (InputStream content = exchange.stream(LIMIT)) {
        return store.put(new BlobId(id), content);
      }
    });
  }
}
