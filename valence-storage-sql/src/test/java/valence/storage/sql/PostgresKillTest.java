package valence.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.storage.contract.Contracts.read;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;
import valence.storage.contract.Contracts;

/// Kills the server, all its processes at once (SIGKILL), while several threads write, and starts
/// it again: `-Dcrash.rounds=N` times, `-Dcrash.seed=N` chooses when.
class PostgresKillTest {
  private static final int WRITERS = 4;
  private static final int WRITES_MAX = 150;

  /// What one writer knows to be durable.
  private static final class Account {
    final DatabaseId database = DatabaseId.random();
    int records;
    int count; // in the ref of the same name
    final Map<BlobId, ByteBuffer> blobs = new ConcurrentHashMap<>();
  }

  @Test
  void whatWasAcknowledgedIsThereWhenTheServerIsKilled() throws Exception {
    int rounds = Integer.getInteger("crash.rounds", 3);
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("PostgresKillTest: -Dcrash.seed=" + seed + ", " + rounds + " rounds");
    Random random = new Random(seed);
    List<Account> accounts =
        IntStream.range(0, WRITERS).mapToObj(_ -> new Account()).toList();
    try (PostgresServer server = PostgresServer.start()) {
      String address = server.newAddress();
      Storage survivor = null;
      for (int round = 0; round < rounds; round++) {
        Storage storage = open(address);
        crash(server, storage, accounts, 1 + random.nextInt(WRITES_MAX));
        server.run();
        if (survivor != null) {
          survivor.close();
        }
        survivor = storage; // connects again by itself
        for (Account account : accounts) {
          verify(storage, account);
        }
        try (Storage fresh = open(address)) {
          accounts.forEach(account -> verify(fresh, account));
        }
      }
      survivor.close();
    }
    System.out.println("PostgresKillTest: "
        + accounts.stream().mapToInt(account -> account.records).sum() + " records, none lost");
  }

  private static Storage open(String address) {
    return PostgresStorage.open(address, PostgresServer.USER, PostgresServer.PASSWORD);
  }

  private static void crash(
      PostgresServer server, Storage storage, List<Account> accounts, int writes) throws Exception {
    CountDownLatch written = new CountDownLatch(writes);
    try (var threads = Executors.newFixedThreadPool(WRITERS)) {
      List<Future<Anomaly>> ends = accounts.stream()
          .map(account -> threads.submit(() -> write(storage, account, written)))
          .toList();
      written.await();
      server.kill();
      for (Future<Anomaly> end : ends) {
        assertThat(end.get().category())
            .as(end.get().message())
            .isEqualTo(Anomaly.Category.UNAVAILABLE);
      }
    }
  }

  /// Writes until it fails; how it failed.
  private static Anomaly write(Storage storage, Account account, CountDownLatch written) {
    try {
      while (true) {
        byte[] record = record(account.records);
        assertThat(storage.log().append(account.database, account.records, record))
            .isTrue();
        account.records++;
        if (account.records % 5 == 0) {
          Map<BlobId, ByteBuffer> blobs = new TreeMap<>((a, b) -> a.hex().compareTo(b.hex()));
          for (int i = 0; i < 3; i++) {
            ByteBuffer blob = ByteBuffer.wrap((account.database + "/" + account.records + "/" + i)
                .repeat(i == 2 ? 40_000 : 10)
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            blobs.put(BlobId.of(blob), blob);
          }
          storage.blobs().putAll(blobs);
          account.blobs.putAll(blobs);
          set(storage, account);
        }
        written.countDown();
      }
    } catch (AnomalyException e) {
      return e.anomaly();
    }
  }

  private static void set(Storage storage, Account account) {
    String name = "count/" + account.database;
    long version = storage.refs().get(name).map(RefStore.Ref::version).orElse(RefStore.ABSENT);
    assertThat(storage.refs().compareAndSet(name, version, Contracts.bytes("" + account.records)))
        .isTrue();
    account.count = account.records;
  }

  /// What is there holds what was acknowledged, and at most the one write that wasn't.
  private static void verify(Storage storage, Account account) {
    List<String> records = read(storage.log(), account.database, 0);
    assertThat(records.size()).isBetween(account.records, account.records + 1);
    for (int i = 0; i < records.size(); i++) {
      assertThat(records.get(i)).isEqualTo(Contracts.text(record(i)));
    }
    account.records = records.size();
    int count = storage
        .refs()
        .get("count/" + account.database)
        .map(ref -> Integer.parseInt(Contracts.text(ref.bytes())))
        .orElse(0);
    assertThat(count).isBetween(account.count, account.records);
    account.count = count;
    account.blobs.forEach((id, bytes) -> assertThat(storage.blobs().get(id)).contains(bytes));
    try (var ids = storage.blobs().list()) {
      ids.forEach(id -> assertThat(storage.blobs().get(id)).isPresent()); // whole, or a fault
    }
  }

  private static byte[] record(int position) {
    return Contracts.bytes(("record " + position + " ").repeat(1 + position % 500));
  }
}
