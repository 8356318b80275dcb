package valence.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;

/// The words that the contracts are written in.
public final class Contracts {
  private Contracts() {}

  /// A racer: told its number, 0 and up.
  public interface Racer<T> {
    T run(int number) throws Exception;
  }

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public static ByteBuffer buffer(String text) {
    return ByteBuffer.wrap(bytes(text));
  }

  public static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  public static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  /// The records of a log from a position on, as text, whose positions are as they should be.
  public static List<String> read(LogStore log, DatabaseId database, long from) {
    List<String> texts = new ArrayList<>();
    try (Stream<LogRecord> records = log.read(database, from)) {
      records.forEach(record -> {
        assertThat(record.position()).isEqualTo(from + texts.size());
        texts.add(text(record.bytes()));
      });
    }
    return texts;
  }

  /// The anomaly that a call ends with.
  public static Anomaly anomaly(ThrowingCallable call) {
    AnomalyException thrown = catchThrowableOfType(AnomalyException.class, call);
    assertThat(thrown).as("an anomaly").isNotNull();
    return thrown.anomaly();
  }

  public static void assertIncorrect(ThrowingCallable call) {
    assertThat(anomaly(call).category()).isEqualTo(Anomaly.Category.INCORRECT);
  }

  /// What the racers return, who all start at the same moment.
  public static <T> List<T> race(int count, Racer<T> racer)
      throws InterruptedException, ExecutionException {
    CyclicBarrier start = new CyclicBarrier(count);
    try (var threads = Executors.newFixedThreadPool(count)) {
      List<Callable<T>> racers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        racers.add(() -> {
          start.await();
          return racer.run(number);
        });
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(racers)) {
        results.add(future.get());
      }
      return results;
    }
  }
}
