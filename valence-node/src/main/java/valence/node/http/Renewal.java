package valence.node.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a renewed certificate into use while its door is open, for connections that begin then.
///
/// Certificate and key are two files, which can't be replaced at once: two that don't belong
/// together, or can't be read, are left alone until the files change again or the next look.
final class Renewal {
  private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);

  private final String door;
  private final Tls tls;
  private final SslContextFactory.Server certificates;
  private final Scheduler scheduler;
  private List<FileTime> taken; // on the scheduler's thread, after the construction

  Renewal(String door, Tls tls, SslContextFactory.Server certificates, Scheduler scheduler) {
    this.door = door;
    this.tls = tls;
    this.certificates = certificates;
    this.scheduler = scheduler;
    this.taken = times(tls);
  }

  /// Begins to look; ends with the scheduler.
  void start(Duration interval) {
    scheduler.schedule(() -> look(interval), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look(Duration interval) {
    List<FileTime> now = times(tls);
    if (!now.equals(taken) && now.size() == tls.files().size()) {
      try {
        Tls.Identity identity = tls.identity();
        certificates.reload(_ -> Door.use(identity, certificates));
        taken = now;
        LOG.info(
            "certificate-renewed door={} end={}", door, identity.certificate().getNotAfter());
      } catch (Exception e) {
        LOG.warn("certificate-not-renewed door={}", door, e);
      }
    }
    start(interval);
  }

  private static List<FileTime> times(Tls tls) {
    List<FileTime> times = new ArrayList<>();
    for (Path file : tls.files()) {
      try {
        times.add(Files.getLastModifiedTime(file));
      } catch (IOException e) {
        LOG.debug("certificate-not-there file={}", file, e); // it is being replaced
      }
    }
    return times;
  }
}
