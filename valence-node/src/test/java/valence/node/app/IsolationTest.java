package valence.node.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import valence.node.testing.TestJar;

/// What an application does badly stays its own affair: [IsolationProbe] in a process of its own.
@Timeout(300)
final class IsolationTest {
  private static final String BAD = """
      package bad;

      import static valence.api.Valence.kw;

      import java.util.*;
      import java.util.concurrent.*;
      import valence.api.*;
      import valence.ion.*;

      public final class Bad {
        static final ThreadLocal<Object> LOCAL = new ThreadLocal<>();
        static final byte[] BALLAST = new byte[500_000];
        static final List<Object> HELD = new ArrayList<>();
        static volatile long sink;

        public interface DutyMBean { int getHours(); }
        public static final class Duty implements DutyMBean { public int getHours() { return 24; } }

        public static final class OwnDriver implements java.sql.Driver {
          public java.sql.Connection connect(String url, Properties p) { return null; }
          public boolean acceptsURL(String url) { return false; }
          public java.sql.DriverPropertyInfo[] getPropertyInfo(String u, Properties p) {
            return new java.sql.DriverPropertyInfo[0];
          }
          public int getMajorVersion() { return 1; }
          public int getMinorVersion() { return 0; }
          public boolean jdbcCompliant() { return false; }
          public java.util.logging.Logger getParentLogger() { return null; }
        }

        public static Object call(String payload, LambdaContext context) throws Exception {
          switch (payload) {
            case "\\"well\\"": return "well";
            case "\\"leave\\"": return leave();
            case "\\"loop\\"": while (true) sink++;
            case "\\"wait\\"":
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                System.setProperty("bad.interrupted", "true");
              }
              return "interrupted";
            case "\\"hoard\\"": return hoard();
            case "\\"arrays\\"": return arrays();
            case "\\"threads\\"": return threads();
            case "\\"exit\\"": System.exit(3); return "?";
            case "\\"runtime-exit\\"": Runtime.getRuntime().exit(3); return "?";
            case "\\"halt\\"": Runtime.getRuntime().halt(3); return "?";
            default: throw new IllegalArgumentException(payload);
          }
        }

        static Object leave() throws Exception {
          LOCAL.set(new Object() { final Object ballast = BALLAST; });
          Thread thread = new Thread(() -> {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              return;
            }
          }, "left-by-bad");
          thread.start();
          new Timer("timer-of-bad")
              .schedule(new TimerTask() { public void run() { sink++; } }, 5, 5);
          HELD.add(new Timer());
          ExecutorService pool = Executors.newFixedThreadPool(2);
          pool.submit(() -> sink++);
          HELD.add(pool);
          ThreadPoolExecutor own = new ThreadPoolExecutor(
              1, 1, 1, TimeUnit.HOURS, new LinkedBlockingQueue<>());
          own.submit(() -> sink++);
          ScheduledExecutorService often = Executors.newScheduledThreadPool(1);
          often.scheduleAtFixedRate(() -> sink++, 1, 1, TimeUnit.MILLISECONDS);
          Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            synchronized (System.class) {
              System.setProperty(
                  "bad.hooks", String.valueOf(Integer.getInteger("bad.hooks", 0) + 1));
            }
          }));
          java.sql.DriverManager.registerDriver(new OwnDriver());
          java.lang.management.ManagementFactory.getPlatformMBeanServer().registerMBean(
              new Duty(),
              new javax.management.ObjectName("bad:revision=" + AppInfo.current().revision()));
          java.lang.ref.Cleaner.create().register(new Object(), () -> sink++);
          Thread.ofVirtual().start(() -> sink++);
          CompletableFuture.runAsync(() -> sink++).join();
          Cast.event(Map.of("msg", "left", "bad/revision", AppInfo.current().revision()));
          Cast.metric(Map.of("name", kw("bad/left"), "value", 1, "units", kw("count")));
          org.slf4j.LoggerFactory.getLogger(Bad.class).debug("left");
          return "left";
        }

        public static Object hoard() {
          List<byte[]> all = new ArrayList<>();
          while (true) all.add(new byte[1 << 20]);
        }

        public static Object arrays() {
          List<long[]> all = new ArrayList<>();
          for (int size = 1 << 20; ; size *= 2) all.add(new long[size]);
        }

        public static Object threads() {
          var never = new CountDownLatch(1);
          while (true) {
            new Thread(() -> {
              try { never.await(); } catch (InterruptedException e) { sink++; }
            }).start();
          }
        }

        public static long threadsLong(long n) { threads(); return n; }
        public static List<?> threads(Db db, long n) { threads(); return List.of(); }

        public static long remember(long n) {
          LOCAL.set(new Object() { final Object ballast = BALLAST; });
          return n;
        }

        public static long spin(long n) { while (true) sink++; }
        public static long hoardLong(long n) { hoard(); return n; }
        public static List<?> loop(Db db, long n) { while (true) sink++; }
        public static List<?> hoard(Db db, long n) { hoard(); return List.of(); }
        public static List<?> deep(Db db, long n) { return deep(db, n + 1); }
        public static List<?> exit(Db db, long n) { System.exit(4); return List.of(); }
        public static List<?> transact(Db db, long n) {
          Valence.client(Map.of("server-type", kw("ion"))).connect("shop").transact("[]");
          return List.of();
        }
        public static List<?> count(Db db, long n) {
          return List.of(Map.of(kw("item/count"), n));
        }
      }
      """;

  @TempDir
  private static Path directory;

  private static Path jar;

  @BeforeAll
  static void compile() throws IOException {
    jar = TestJar.compile(directory, "bad", Map.of("bad.Bad", BAD));
  }

  @Test
  void revisionsThatLeaveAllTheyCanAreUnloaded() throws Exception {
    String out = run(List.of("-Xmx160m", "-XX:MaxMetaspaceSize=160m"), "swap", "200");
    assertThat(out).contains("PASSED swap");
  }

  @Test
  void whatLoopsIsGivenUpAndTheNodeGoesOn() throws Exception {
    assertThat(run(List.of("-Xmx200m"), "loop")).contains("PASSED loop");
  }

  @Test
  void whatTakesAllMemoryFailsAlone() throws Exception {
    assertThat(run(List.of("-Xmx96m"), "memory")).contains("PASSED memory");
  }

  @Test
  void whatBeginsThreadsWithoutEndIsStoppedAndItsThreadsEndWithIt() throws Exception {
    assertThat(run(List.of("-Xmx200m", "-Xss256k"), "threads")).contains("PASSED threads");
  }

  @Test
  void anApplicationCantEndTheProcess() throws Exception {
    assertThat(run(List.of("-Xmx200m"), "exit")).contains("PASSED exit");
  }

  private static String run(List<String> options, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of("-ea", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
    command.add(IsolationProbe.class.getName());
    command.add(arguments[0]);
    command.add(jar.toString());
    command.addAll(List.of(arguments).subList(1, arguments.length));
    Path out = directory.resolve(arguments[0] + ".out");
    Process process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
    try {
      assertThat(process.waitFor(240, TimeUnit.SECONDS)).as("it ends").isTrue();
      String said = java.nio.file.Files.readString(out, StandardCharsets.UTF_8);
      assertThat(process.exitValue()).as(said).isZero();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }
}
