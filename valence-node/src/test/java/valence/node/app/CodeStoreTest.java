package valence.node.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.engine.store.BlobId;
import valence.storage.memory.MemoryStorage;

final class CodeStoreTest {
  private static final byte[] CONTENT = "some code".getBytes(UTF_8);
  private static final BlobId ID = BlobId.of(ByteBuffer.wrap(CONTENT));

  @TempDir
  Path directory;

  private CodeStore store() {
    return new CodeStore(MemoryStorage.open().blobs(), directory.resolve("code"));
  }

  @Test
  void anArtifactIsNewOnceAndFetchedAsItWas() throws Exception {
    CodeStore store = store();
    assertThat(store.contains(ID)).isFalse();
    assertThat(store.put(ID, new ByteArrayInputStream(CONTENT))).isTrue();
    assertThat(store.put(ID, new ByteArrayInputStream(CONTENT))).isFalse();
    assertThat(store.contains(ID)).isTrue();
    assertThat(store.fetch(ID)).hasBinaryContent(CONTENT);
  }

  @Test
  void contentOfAnotherHashIsRefusedAndLeavesNothing() throws Exception {
    CodeStore store = store();
    assertThatThrownBy(() -> store.put(ID, new ByteArrayInputStream("other".getBytes(UTF_8))))
        .hasMessageContaining("not " + ID.hex());
    assertThat(store.contains(ID)).isFalse();
    try (Stream<Path> files = Files.list(directory.resolve("code"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aDamagedFileIsFetchedAgain() throws Exception {
    CodeStore store = store();
    store.put(ID, new ByteArrayInputStream(CONTENT));
    Files.writeString(store.fetch(ID), "damaged");
    assertThat(store.fetch(ID)).hasBinaryContent(CONTENT);
    Files.delete(store.fetch(ID));
    assertThat(store.fetch(ID)).hasBinaryContent(CONTENT);
  }

  @Test
  void anUnknownArtifactIsNamed() {
    assertThatThrownBy(() -> store().fetch(ID)).hasMessageContaining("no artifact " + ID.hex());
  }
}
