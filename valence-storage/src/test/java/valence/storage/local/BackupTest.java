package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.api.LogEntry;
import valence.engine.backup.BackupCheck;
import valence.engine.backup.BackupPoint;
import valence.engine.backup.Backups;
import valence.engine.backup.Backups.Made;
import valence.engine.backup.Progress;
import valence.engine.backup.Restore;
import valence.engine.local.LocalClient;
import valence.engine.store.BlobId;
import valence.engine.store.Storage;
import valence.engine.verify.Verification;
import valence.engine.verify.Verifier;
import valence.storage.embedded.EmbeddedStorage;
import valence.storage.memory.MemoryStorage;

@Timeout(120)
class BackupTest {
  private static Made backup(Storage source, Storage backup) {
    return new Backups(backup).make(source, Facts.NAME, Progress.UNSEEN, Clock.systemUTC());
  }

  private static Restore.Restored restore(
      Storage backup, BackupPoint point, long t, Storage target, String name) {
    return new Restore(new Backups(backup), target, Progress.UNSEEN, Clock.systemUTC())
        .run(point, t, name);
  }

  private static List<LogEntry> log(Connection connection, long endT) {
    try (Stream<LogEntry> entries = connection.txRange(null, endT + 1)) {
      return entries.toList();
    }
  }

  /// At random moments of random transactions a point is made; each, and each t between, restores
  /// to what the database showed then.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatIsRestoredIsWhatWas(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Stores stores = new Stores(MemoryStorage.open());
    Storage backup = MemoryStorage.open();
    try (LocalClient client = Facts.client(stores, Facts.eager(40))) {
      Connection connection = Facts.create(client);
      List<BackupPoint> points = new ArrayList<>();
      List<Long> ts = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        Facts.transact(connection, random);
        if (random.nextInt(10) == 0) {
          points.add(backup(stores.client(), backup).point());
          ts.add(connection.db().basisT());
        }
      }
      points.add(backup(stores.client(), backup).point());
      ts.add(connection.db().basisT());
      for (int i = 0; i < points.size(); i++) {
        BackupPoint point = points.get(i);
        assertEquals(ts.get(i), point.t(), "seed " + seed);
        long t = random.nextBoolean() ? point.t() : 1 + random.nextLong(point.t());
        String name = "copy" + i;
        Restore.Restored restored = restore(backup, point, t, stores.client(), name);
        assertEquals(t, restored.t());
        Connection copy = client.connect(name);
        assertEquals(t, copy.db().basisT());
        assertEquals(log(connection, t), log(copy, t), "seed " + seed);
        Db then = connection.db().asOf(t);
        for (Index index : Index.values()) {
          assertEquals(datoms(then, index), datoms(copy.db(), index), "seed " + seed);
          assertEquals(datoms(then.history(), index), datoms(copy.db().history(), index));
        }
      }
    }
  }

  private static List<String> datoms(Db db, Index index) {
    try (Stream<Datom> datoms = db.datoms(index)) {
      return datoms.map(Object::toString).toList();
    }
  }

  @Test
  void anIncrementalBackupMovesWhatIsNewAlone() {
    Stores stores = new Stores(MemoryStorage.open());
    Storage backup = MemoryStorage.open();
    try (LocalClient client = Facts.client(stores, Facts.eager(Long.MAX_VALUE))) {
      Connection connection = Facts.create(client);
      for (int i = 0; i < 200; i++) {
        connection.transact("[{:p/name \"n" + i + "\"}]");
      }
      Made full = backup(stores.client(), backup);
      assertEquals(201, full.records());
      for (int i = 0; i < 3; i++) {
        connection.transact("[{:p/name \"m" + i + "\"}]");
      }
      stores.recordsRead.set(0);
      Made more = backup(stores.client(), backup);
      assertEquals(3, more.records());
      assertEquals(full.point().bytes() + more.bytes(), more.point().bytes());
      assertTrue(stores.recordsRead.get() < 30, () -> stores.recordsRead + " records read");
      Made none = backup(stores.client(), backup);
      assertEquals(0, none.bytes());
      assertEquals(more.point(), none.point(), "no point without anything new");
      assertEquals(2, new Backups(backup).points(Facts.NAME).size());
      assertEquals(List.of(Facts.NAME), new Backups(backup).databases());
    }
  }

  /// Segments are in a backup: the first query after a restore reads the end of the log alone.
  @Test
  void aRestoredDatabaseIsIndexed() {
    Stores source = new Stores(MemoryStorage.open());
    Storage backup = MemoryStorage.open();
    Stores target = new Stores(MemoryStorage.open());
    try (LocalClient client = Facts.client(source, Facts.eager(Long.MAX_VALUE))) {
      Connection connection = Facts.create(client);
      SplittableRandom random = new SplittableRandom(12);
      for (int i = 0; i < 100; i++) {
        Facts.transact(connection, random);
      }
      client.index(Facts.NAME);
      long indexedT = connection.db().basisT();
      Facts.transact(connection, random);
      Facts.transact(connection, random);
      BackupPoint point = backup(source.client(), backup).point();
      Restore.Restored restored = restore(backup, point, point.t(), target.client(), Facts.NAME);
      assertEquals(new Restore.Indexes.There(indexedT), restored.indexes());
      target.recordsRead.set(0);
      try (LocalClient copy = Facts.client(target, Facts.eager(Long.MAX_VALUE))) {
        Connection opened = copy.connect(Facts.NAME);
        assertTrue(target.recordsRead.get() <= 5, () -> target.recordsRead + " records read");
        assertEquals(indexedT, copy.indexStatus(Facts.NAME).indexT());
        assertEquals(Facts.shown(connection.db()), Facts.shown(opened.db()));
        Facts.assertAsLogged(target, opened, "restored");
        Facts.transact(opened, random);
        copy.index(Facts.NAME);
        Facts.assertAsLogged(target, opened, "indexed again");
      }
      assertEquals(List.of(), Verifier.run(target.client(), Facts.NAME, _ -> {}).findings());
      Restore.Restored earlier = restore(backup, point, indexedT - 1, target.client(), "earlier");
      assertTrue(earlier.indexes() instanceof Restore.Indexes.ToBeMade);
    }
  }

  @Test
  void anIncrementalBackupMovesNewSegmentsAlone() {
    Stores stores = new Stores(MemoryStorage.open());
    Storage backup = MemoryStorage.open();
    try (LocalClient client = Facts.client(stores, Facts.eager(Long.MAX_VALUE))) {
      Connection connection = Facts.create(client);
      StringBuilder people = new StringBuilder("[");
      for (int i = 0; i < 20_000; i++) {
        people.append("{:p/name \"n").append(i).append("\" :p/age ").append(i).append('}');
      }
      connection.transact(people + "]");
      client.index(Facts.NAME);
      Made full = backup(stores.client(), backup);
      assertEquals(count(stores.client()), full.segments());
      connection.transact("[{:p/name \"one more\"}]");
      client.index(Facts.NAME);
      Made more = backup(stores.client(), backup);
      assertTrue(
          more.segments() > 0 && more.segments() < full.segments() / 2,
          () -> more.segments() + " of " + full.segments());
      Made none = backup(stores.client(), backup);
      assertEquals(0, none.segments());
      assertEquals(more.point(), none.point());
    }
  }

  private static long count(Storage storage) {
    try (Stream<BlobId> blobs = storage.blobs().list()) {
      return blobs.count();
    }
  }

  /// The log says all, so that a database is restored also when segments of the backup are lost.
  @Test
  void damagedSegmentsOfABackupCostTimeAlone() {
    Stores source = new Stores(MemoryStorage.open());
    Storage backup = MemoryStorage.open();
    try (LocalClient client = Facts.client(source, Facts.eager(Long.MAX_VALUE))) {
      Connection connection = Facts.create(client);
      connection.transact("[{:p/name \"n\"}]");
      client.index(Facts.NAME);
      BackupPoint point = backup(source.client(), backup).point();
      List<BlobId> segments;
      try (Stream<BlobId> blobs = backup.blobs().list()) {
        segments = blobs.toList();
      }
      for (BlobId lost : segments) {
        ByteBuffer bytes = backup.blobs().get(lost).orElseThrow();
        backup.blobs().delete(lost);
        Stores target = new Stores(MemoryStorage.open());
        Restore.Restored restored = restore(backup, point, point.t(), target.client(), Facts.NAME);
        assertTrue(
            restored.indexes() instanceof Restore.Indexes.ToBeMade(String why)
                && why.contains(lost.hex()),
            () -> restored.indexes().toString());
        try (LocalClient copy = Facts.client(target, Facts.eager(Long.MAX_VALUE))) {
          assertEquals(
              Facts.shown(connection.db()), Facts.shown(copy.connect(Facts.NAME).db()));
          copy.index(Facts.NAME);
        }
        assertEquals(
            List.of(), Verifier.run(target.client(), Facts.NAME, _ -> {}).findings());
        assertEquals(segments.size(), count(target.client()), "what was put is deleted again");
        backup.blobs().put(lost, bytes);
      }
    }
  }

  @Test
  void aBackupDuringWritesIsOfOneMoment() throws Exception {
    Stores stores = new Stores(MemoryStorage.open());
    Storage backup = MemoryStorage.open();
    try (LocalClient client = Facts.client(stores, Facts.eager(100))) {
      Connection connection = Facts.create(client);
      Thread writer = Thread.ofPlatform().start(() -> {
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 300; i++) {
          Facts.transact(connection, random);
        }
      });
      List<BackupPoint> points = new ArrayList<>();
      while (writer.isAlive()) {
        points.add(backup(stores.client(), backup).point());
      }
      writer.join();
      BackupPoint middle = points.get(points.size() / 2);
      restore(backup, middle, middle.t(), stores.client(), "copy");
      assertEquals(log(connection, middle.t()), log(client.connect("copy"), middle.t()));
    }
  }

  /// Each write of a backup and of a restore fails once, with and without effect; the same call
  /// again finishes the work.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRunThatWasInterruptedAnywhereIsFinishedByTheNext(boolean withEffect) {
    Stores source = new Stores(MemoryStorage.open());
    try (LocalClient client = Facts.client(source, Facts.eager(Long.MAX_VALUE))) {
      Connection connection = Facts.create(client);
      SplittableRandom random = new SplittableRandom(2);
      for (int i = 0; i < 8; i++) {
        Facts.transact(connection, random);
        if (i == 6) {
          client.index(Facts.NAME);
        }
      }
      long t = connection.db().basisT();
      boolean failed = true;
      for (int step = 0; failed; step++) {
        Stores backup = new Stores(MemoryStorage.open());
        Stores target = new Stores(MemoryStorage.open());
        backup.effectOfFailure = withEffect;
        target.effectOfFailure = withEffect;
        backup.stepsBeforeFailure.set(step);
        target.stepsBeforeFailure.set(step);
        failed = fails(() -> backup(source.client(), backup.client()));
        backup.stepsBeforeFailure.set(-1);
        Made made = backup(source.client(), backup.client());
        assertEquals(t, made.point().t(), "step " + step);
        failed |= fails(() -> restore(backup.client(), made.point(), t, target.client(), "copy"));
        target.stepsBeforeFailure.set(-1);
        try {
          restore(backup.client(), made.point(), t, target.client(), "copy");
        } catch (AnomalyException there) { // the step before made it whole
          assertEquals(Category.CONFLICT, there.anomaly().category());
        }
        assertEquals(List.of(), target.client().refs().list("restore/"), "step " + step);
        Verification found = Verifier.run(target.client(), "copy", _ -> {});
        assertEquals(List.of(), found.findings(), "step " + step);
        assertEquals(made.point().root().orElseThrow().t(), found.indexedT(), "step " + step);
        try (LocalClient copy = Facts.client(target, Facts.eager(Long.MAX_VALUE))) {
          assertEquals(log(connection, t), log(copy.connect("copy"), t), "step " + step);
        }
      }
    }
  }

  private static boolean fails(Runnable run) {
    try {
      run.run();
      return false;
    } catch (AnomalyException e) {
      assertTrue(e.anomaly().category().retriable(), e.getMessage());
      return true;
    }
  }

  @Test
  void nothingIsOverwritten() {
    Stores stores = new Stores(MemoryStorage.open());
    Storage backup = MemoryStorage.open();
    try (LocalClient client = Facts.client(stores, Facts.eager(100))) {
      Facts.create(client);
      BackupPoint point = backup(stores.client(), backup).point();
      assertEquals(
          Category.CONFLICT,
          assertThrows(
                  AnomalyException.class,
                  () -> restore(backup, point, point.t(), stores.client(), Facts.NAME))
              .anomaly()
              .category());
      assertThrows(AnomalyException.class, () -> new Backups(stores.client()));
    }
  }

  /// What is excised is in no later point, and in no point at all once those before are forgotten.
  @Test
  void aPointAfterAnExcisionHoldsNothingOfIt() {
    Stores stores = new Stores(MemoryStorage.open());
    Storage backup = MemoryStorage.open();
    try (LocalClient client = Facts.client(stores, Facts.eager(100))) {
      Connection connection = Facts.create(client);
      connection.transact("[{:p/name \"secret\" :p/age 7}]");
      client.index(Facts.NAME);
      BackupPoint before = backup(stores.client(), backup).point();
      long t =
          connection.transact("[{:db/excise [:p/name \"secret\"]}]").dbAfter().basisT();
      connection.syncExcise(t);
      client.index(Facts.NAME);
      BackupPoint after = backup(stores.client(), backup).point();
      assertFalse(before.log().equals(after.log()));
      restore(
          backup,
          Restore.pointAt(new Backups(backup).points(Facts.NAME), before.t()),
          before.t(),
          stores.client(),
          "later");
      assertFalse(log(client.connect("later"), t).toString().contains("secret"));
      restore(backup, before, before.t(), stores.client(), "older");
      assertTrue(log(client.connect("older"), t).toString().contains("secret"));
      assertEquals(1, new Backups(backup).forget(Facts.NAME));
      assertEquals(List.of(after), new Backups(backup).points(Facts.NAME));
      try (Stream<?> records = backup.log().read(before.log(), 0)) {
        assertEquals(0, records.count());
      }
      try (Stream<BlobId> blobs = backup.blobs().list()) {
        assertEquals(
            List.of(),
            blobs
                .filter(id -> text(backup.blobs().get(id).orElseThrow()).contains("secret"))
                .toList());
      }
      restore(backup, after, after.t(), stores.client(), "newest");
      for (Index index : Index.values()) {
        assertEquals(
            datoms(connection.db().history(), index),
            datoms(client.connect("newest").db().history(), index));
      }
    }
  }

  /// A backup of several points, of two logs, is whole; each blob that it loses and each flipped
  /// bit of its logs is found.
  @Test
  void aDamagedBackupIsFound(@TempDir Path directory) throws IOException {
    Stores source = new Stores(MemoryStorage.open());
    try (LocalClient client = Facts.client(source, Facts.eager(Long.MAX_VALUE));
        Storage backup = EmbeddedStorage.open(directory)) {
      Connection connection = Facts.create(client);
      for (int i = 0; i < 3; i++) {
        connection.transact("[{:p/name \"n" + i + "\"}]");
        client.index(Facts.NAME);
        backup(source.client(), backup);
      }
      connection.syncExcise(
          connection.transact("[{:db/excise [:p/name \"n0\"]}]").dbAfter().basisT());
      client.index(Facts.NAME);
      backup(source.client(), backup);
      Verification whole = check(backup);
      assertEquals(List.of(), whole.findings());
      assertEquals(connection.db().basisT(), whole.t());
      assertEquals(connection.db().basisT(), whole.indexedT());
      List<BlobId> segments;
      try (Stream<BlobId> blobs = backup.blobs().list()) {
        segments = blobs.toList();
      }
      for (BlobId lost : segments) {
        ByteBuffer bytes = backup.blobs().get(lost).orElseThrow();
        backup.blobs().delete(lost);
        assertTrue(
            check(backup).findings().stream().anyMatch(each -> each.what().contains(lost.hex())),
            lost::hex);
        backup.blobs().put(lost, bytes);
      }
    }
    List<Path> logs;
    try (Stream<Path> files = Files.walk(directory.resolve("log"))) {
      logs = files.filter(Files::isRegularFile).toList();
    }
    assertEquals(2, logs.size());
    for (Path log : logs) {
      byte[] bytes = Files.readAllBytes(log);
      byte[] damaged = bytes.clone();
      damaged[100] ^= 1;
      Files.write(log, damaged);
      try (Storage backup = EmbeddedStorage.openToRead(directory)) {
        assertTrue(
            check(backup).findings().stream()
                .anyMatch(each -> each.part() == Verification.Part.LOG),
            log::toString);
      }
      Files.write(log, bytes);
    }
  }

  private static Verification check(Storage backup) {
    return BackupCheck.run(new Backups(backup), Facts.NAME, _ -> {});
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.ISO_8859_1.decode(bytes).toString();
  }

  /// A bit is flipped in each file of a backup, at many places: the restore says so, and leaves
  /// nothing. What lies behind the last record belongs to nobody.
  @Test
  void aFlippedBitIsFound(@TempDir Path directory) throws IOException {
    Path place = directory.resolve("backup");
    Stores stores = new Stores(MemoryStorage.open());
    long bytes;
    try (LocalClient client = Facts.client(stores, Facts.eager(100));
        Storage backup = EmbeddedStorage.open(place)) {
      Connection connection = Facts.create(client);
      SplittableRandom random = new SplittableRandom(4);
      for (int i = 0; i < 10; i++) {
        Facts.transact(connection, random);
      }
      BackupPoint point = backup(stores.client(), backup).point();
      bytes = point.bytes() + 20 * point.records();
    }
    SplittableRandom random = new SplittableRandom(6);
    for (String folder : List.of("log", "refs")) {
      List<Path> files;
      try (Stream<Path> all = Files.walk(place.resolve(folder))) {
        files = all.filter(Files::isRegularFile).toList();
      }
      for (Path file : files) {
        byte[] whole = Files.readAllBytes(file);
        boolean isNote = whole.length < 200; // names a log for a forget alone
        for (int i = 0; i < 25 && !isNote; i++) {
          byte[] flipped = whole.clone();
          int at = random.nextInt((int) Math.min(whole.length, bytes));
          flipped[at] ^= (byte) (1 << random.nextInt(8));
          Files.write(file, flipped);
          Storage target = MemoryStorage.open();
          String message = file + " at " + at;
          assertThrows(AnomalyException.class, () -> restoreNewest(place, target), message);
          assertEquals(List.of(), target.refs().list(""), message);
          Files.write(file, whole);
        }
      }
    }
    restoreNewest(place, MemoryStorage.open());
  }

  private static void restoreNewest(Path place, Storage target) {
    try (Storage backup = EmbeddedStorage.open(place)) {
      BackupPoint newest = Restore.pointAt(new Backups(backup).points(Facts.NAME), 0);
      restore(backup, newest, newest.t(), target, "copy");
    }
  }
}
