package valence.storage.encryption;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.testing.Fuzz;

/// What keys are kept in, changed by others.
final class KeysFuzzTest {
  @TempDir
  Path directory;

  @Test
  void filesOfMasterKeys() throws Exception {
    Path file = directory.resolve("keys");
    KeyFile.generate(file);
    KeyFile.add(file);
    byte[] written = Files.readAllBytes(file);
    new Fuzz("key-file", 500).runBytes(List.of(written), input -> {
      Files.write(file, input);
      KeyFile.read(file).newestKeyId();
    });
  }

  @Test
  void ringsOfDataKeys() throws Exception {
    Path file = directory.resolve("ring");
    KeyFile.generate(file);
    KeyRing ring = KeyRing.create(KeyFile.read(file));
    Fuzz.ofStored("key-ring", 2_000).runBytes(List.of(ring.encode()), KeyRing::decode);
  }

  @Test
  void whatIsSealed() {
    Xaes key = new Xaes(Xaes.randomBytes(Xaes.KEY_BYTES));
    byte[] sealed = key.seal(new byte[5], "facts".getBytes(US_ASCII), 0, 5, new byte[] {1});
    Fuzz.ofStored("sealed", 2_000).runBytes(List.of(sealed), input -> {
      if (input.length >= 5) {
        key.open(input, 5, new byte[] {1});
      }
    });
  }
}
