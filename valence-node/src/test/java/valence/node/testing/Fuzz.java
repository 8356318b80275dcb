package valence.node.testing;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// Gives a decoder random and mutated inputs, and sees that it takes little time and memory and
/// says no with an anomaly that blames the input.
///
/// A run is short in the tests. `-Dfuzz.seconds=N` makes each as long as that, `-Dseed=N` begins
/// where another did; both are printed when something is found, with the input.
public final class Fuzz {
  /// What is done with an input. Whatever it throws but an anomaly of the caller's is a finding.
  @FunctionalInterface
  public interface Decoder {
    void decode(byte[] input) throws Exception;
  }

  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final long SECONDS = Long.getLong("fuzz.seconds", 0);
  private static final int INPUT_BYTES_MAX = 64 << 10;
  private static final Duration INPUT_TIME_MAX = Duration.ofSeconds(5);
  private static final long ALLOCATED_BYTES = 64L << 20;
  private static final long ALLOCATED_PER_BYTE = 2_000;
  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\\",
    "#",
    "#{",
    "#_",
    "#inst \"",
    "#valence/db {",
    ":",
    "^",
    "'",
    "@",
    ";",
    "\n",
    "\0",
    "\uD800",
    "\u00e9",
    "nil",
    "1e999999999",
    "-",
    "0x",
    "9".repeat(40),
    "1/0",
    "##Inf",
    "\\u0000",
    "\"\\uD83D\"",
    "#\"(a+)+$\"",
    "key=",
    ", ",
    "\r\n",
    "\r\n\r\n",
    "Content-Length: ",
    "Transfer-Encoding: chunked",
    "ffffffff",
    "%00",
    "%2e%2e/"
  };

  private final String name;
  private final int count;

  /// @param count of inputs in a short run
  public Fuzz(String name, int count) {
    this.name = name;
    this.count = count;
  }

  /// Runs a decoder on mutations of good inputs.
  public void run(List<String> good, Decoder decoder) {
    runBytes(good.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList(), decoder);
  }

  /// As [#run], for a decoder of what is no text.
  public void runBytes(List<byte[]> corpus, Decoder decoder) {
    SplittableRandom random = new SplittableRandom(SEED ^ name.hashCode());
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    for (long i = 0; SECONDS == 0 ? i < count : System.nanoTime() < end; i++) {
      byte[] input = i < corpus.size() ? corpus.get((int) i) : mutated(corpus, random);
      check(input, decoder);
    }
  }

  private void check(byte[] input, Decoder decoder) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = threads.getCurrentThreadAllocatedBytes();
    long nanos = threads.getCurrentThreadCpuTime();
    try {
      decoder.decode(input);
    } catch (AnomalyException e) {
      if (e.anomaly().category() == Anomaly.Category.FAULT) {
        throw found("said that it is a fault of ours", input, e);
      }
    } catch (Throwable e) { // an Error is a finding as well
      throw found("threw " + e, input, e);
    }
    long took = threads.getCurrentThreadCpuTime() - nanos;
    long allocated = threads.getCurrentThreadAllocatedBytes() - bytes;
    if (took > INPUT_TIME_MAX.toNanos()) {
      throw found("took " + took / 1_000_000 + " ms", input, null);
    }
    if (allocated > ALLOCATED_BYTES + ALLOCATED_PER_BYTE * input.length) {
      throw found("allocated " + allocated + " bytes", input, null);
    }
  }

  private AssertionError found(String what, byte[] input, Throwable cause) {
    byte[] shown = input.length <= 4_000 ? input : java.util.Arrays.copyOf(input, 4_000);
    return new AssertionError(
        name + " " + what + ", with -Dseed=" + SEED + ", on " + input.length + " bytes: "
            + HexFormat.of().formatHex(shown),
        cause);
  }

  private static byte[] mutated(List<byte[]> corpus, SplittableRandom random) {
    byte[] input = random.nextInt(20) == 0
        ? noise(random)
        : corpus.get(random.nextInt(corpus.size())).clone();
    for (int i = random.nextInt(1, 8); i > 0; i--) {
      input = once(input, corpus, random);
    }
    return input.length <= INPUT_BYTES_MAX
        ? input
        : java.util.Arrays.copyOf(input, INPUT_BYTES_MAX);
  }

  private static byte[] once(byte[] input, List<byte[]> corpus, SplittableRandom random) {
    int at = random.nextInt(input.length + 1);
    int to = Math.min(input.length, at + random.nextInt(1, 20));
    return switch (random.nextInt(8)) {
      case 0 -> flipped(input, random);
      case 1 -> joined(input, at, new byte[0], to);
      case 2 -> joined(input, at, piece(random), at);
      case 3 -> joined(input, at, piece(random), to);
      case 4 -> joined(input, at, repeated(piece(random), random.nextInt(1, 3_000)), at);
      case 5 -> joined(input, to, java.util.Arrays.copyOfRange(input, at, to), to);
      case 6 -> joined(input, at, corpus.get(random.nextInt(corpus.size())), to);
      default -> joined(input, at, noise(random), at);
    };
  }

  private static byte[] flipped(byte[] input, SplittableRandom random) {
    if (input.length > 0) {
      input[random.nextInt(input.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return input;
  }

  private static byte[] piece(SplittableRandom random) {
    return PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] noise(SplittableRandom random) {
    byte[] noise = new byte[random.nextInt(1, 40)];
    random.nextBytes(noise);
    return noise;
  }

  private static byte[] repeated(byte[] piece, int times) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < times && all.size() < INPUT_BYTES_MAX; i++) {
      all.writeBytes(piece);
    }
    return all.toByteArray();
  }

  /// The bytes before `from`, others, and the bytes from `to` on.
  private static byte[] joined(byte[] input, int from, byte[] between, int to) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(input, 0, from);
    all.writeBytes(between);
    all.write(input, to, input.length - to);
    return all.toByteArray();
  }
}
