package valence.testing;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// Gives a decoder random and mutated inputs, and sees that it takes little time and memory and
/// says no with an anomaly that blames who deserves it.
///
/// An input that was refused in a place where none was refused before is kept, and mutated further:
/// so the search gets through one check after the other without knowing what they are.
///
/// A run is short in the tests. `-Dfuzz.seconds=N` makes each as long as that, and print what it
/// did; `-Dseed=N` begins where another did, and is printed when something is found, with the
/// input.
public final class Fuzz {
  /// What is done with an input. Whatever it throws but an anomaly of the caller's is a finding.
  @FunctionalInterface
  public interface Decoder {
    void decode(byte[] input) throws Exception;
  }

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long SECONDS = Long.getLong("fuzz.seconds", 0);

  /// The same each time where it runs with the other tests, which are to say the same each time.
  private static final long SEED =
      Long.getLong("seed", SECONDS == 0 ? 20_260_131 : System.nanoTime());
  private static final int INPUT_BYTES_MAX = 64 << 10;
  private static final Duration INPUT_TIME_MAX = Duration.ofSeconds(5);
  private static final long ALLOCATED_BYTES = 64L << 20;
  private static final long ALLOCATED_PER_BYTE = 2_000;
  private static final int KEPT_MAX = 2_000;

  /// Of the stack below a refusal, in frames: deeper ones say the same again.
  private static final int FRAMES_MAX = 24;
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
    "%2e%2e/",
    ",",
    "null",
    "\"#edn\":\"",
    "<![CDATA[",
    "&#0;",
    "<!DOCTYPE x [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
    "../",
    "9223372036854775808",
    "-1",
    "\u0130\uff11"
  };

  private static final Set<Anomaly.Category> DAMAGE =
      EnumSet.of(Anomaly.Category.FAULT, Anomaly.Category.UNSUPPORTED);

  private final String name;
  private final int count;

  /// Of the anomalies that say what an input deserves.
  private final Set<Anomaly.Category> deserved;

  /// Whatever the input, beside what its length accounts for.
  private final long allocatedBytes;

  private int seen;

  /// For a decoder of what callers and people give.
  ///
  /// @param count of inputs in a short run
  public Fuzz(String name, int count) {
    this(name, count, EnumSet.complementOf(EnumSet.of(Anomaly.Category.FAULT)), ALLOCATED_BYTES);
  }

  private Fuzz(String name, int count, Set<Anomaly.Category> deserved, long allocatedBytes) {
    this.name = name;
    this.count = count;
    this.deserved = deserved;
    this.allocatedBytes = allocatedBytes;
  }

  /// For a decoder of what the system itself has written: anything else is damage, a fault.
  public static Fuzz ofStored(String name, int count) {
    return new Fuzz(name, count, DAMAGE, ALLOCATED_BYTES);
  }

  /// For what does work of its own, with a limit of its own: it may allocate so many bytes.
  public Fuzz allocating(long bytes) {
    return new Fuzz(name, count, deserved, bytes);
  }

  /// Says where the decoder got to, when it isn't by an anomaly that this shows: by an answer, say.
  ///
  /// @param place a text in which numbers and what stands in quotes count as nothing
  public void saw(String place) {
    seen = place.replaceAll("[0-9]+|\"(?:[^\"\\\\]|\\\\.)*+\"", "").hashCode();
  }

  /// Runs a decoder on mutations of good inputs.
  public void run(List<String> good, Decoder decoder) {
    runBytes(good.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList(), decoder);
  }

  /// As [#run], for a decoder of what is no text.
  public void runBytes(List<byte[]> good, Decoder decoder) {
    SplittableRandom random = new SplittableRandom(SEED ^ name.hashCode());
    List<byte[]> corpus = new ArrayList<>(good);
    Set<Integer> places = new HashSet<>();
    long begun = System.nanoTime();
    long cpu = THREADS.getCurrentThreadCpuTime();
    long end = begun + Duration.ofSeconds(SECONDS).toNanos();
    long done = 0;
    while (done < good.size() || (SECONDS == 0 ? done < count : System.nanoTime() < end)) {
      byte[] input = done < good.size() ? good.get((int) done) : mutated(corpus, random);
      int place = check(input, decoder);
      if (places.add(place) && done >= good.size() && corpus.size() < KEPT_MAX) {
        corpus.add(input);
      }
      done++;
    }
    if (SECONDS > 0) {
      System.out.printf(
          Locale.ROOT,
          "fuzz %s: %,d inputs, %.1f s (%.1f s of this thread), %d places, seed %d%n",
          name,
          done,
          (System.nanoTime() - begun) / 1e9,
          (THREADS.getCurrentThreadCpuTime() - cpu) / 1e9,
          places.size(),
          SEED);
    }
  }

  /// @return a number for the place where the input was refused; 0 when it was taken
  private int check(byte[] input, Decoder decoder) {
    byte[] given = input.clone();
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long nanos = THREADS.getCurrentThreadCpuTime();
    int place = 0;
    seen = 0;
    try {
      decoder.decode(given);
      place = seen;
    } catch (AnomalyException e) {
      if (!deserved.contains(e.anomaly().category())) {
        throw found("said " + e.anomaly().category() + ", " + e.getMessage(), input, e);
      }
      place = place(e);
    } catch (Throwable e) { // an Error is a finding as well
      throw found("threw " + e, input, e);
    }
    long took = THREADS.getCurrentThreadCpuTime() - nanos;
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - bytes;
    if (took > INPUT_TIME_MAX.toNanos()) {
      throw found("took " + took / 1_000_000 + " ms", input, null);
    }
    if (allocated > allocatedBytes + ALLOCATED_PER_BYTE * input.length) {
      throw found("allocated " + allocated + " bytes", input, null);
    }
    return place;
  }

  /// The calls that led to a refusal and its causes; each counts once, so that recursion is no
  /// news.
  private static int place(Throwable refused) {
    Set<StackTraceElement> calls = new HashSet<>();
    for (Throwable each = refused; each != null; each = each.getCause()) {
      StackTraceElement[] frames = each.getStackTrace();
      calls.addAll(Arrays.asList(frames).subList(0, Math.min(FRAMES_MAX, frames.length)));
    }
    return Objects.hash(calls);
  }

  private AssertionError found(String what, byte[] input, @Nullable Throwable cause) {
    byte[] shown = input.length <= 4_000 ? input : Arrays.copyOf(input, 4_000);
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
    return input.length <= INPUT_BYTES_MAX ? input : Arrays.copyOf(input, INPUT_BYTES_MAX);
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
      case 5 -> joined(input, to, Arrays.copyOfRange(input, at, to), to);
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
