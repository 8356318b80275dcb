package valence.storage.encryption;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// Master keys in a file that its owner alone can read:
///
///     valence key file 1
///     <id> <32 bytes, base64>
///     …
///
/// The last line is the newest key. An id is made of its key, so that a key that was mistyped or
/// swapped is found out when the file is read. Lines of keys that wrap nothing any more, after a
/// rotation, can be deleted.
public final class KeyFile implements KeyService {
  private static final String HEADER = "valence key file 1";
  private static final int FILE_BYTES_MAX = 64 << 10;
  private static final Set<PosixFilePermission> OWNER_ALONE =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private record MasterKey(String id, Xaes key) {}

  private final Path path;
  private final List<MasterKey> keys;

  private KeyFile(Path path, List<MasterKey> keys) {
    this.path = path;
    this.keys = List.copyOf(keys);
  }

  /// Makes a file with one new key; `conflict` when there is a file already, which stays.
  public static void generate(Path path) {
    try {
      create(path, HEADER + "\n" + newLine());
    } catch (FileAlreadyExistsException e) {
      throw Anomaly.of(
              Anomaly.Category.CONFLICT,
              path + " exists already, and was left as it is.",
              "Choose another path. To put a new key into this one, add it.")
          .toException(e);
    } catch (IOException e) {
      throw unavailable("made", path, e);
    }
  }

  /// Puts a new key into a file; it is the newest then, and the others stay.
  public static void add(Path path) {
    read(path); // as only a whole one should get more
    Path made = path.resolveSibling(path.getFileName() + ".new");
    try {
      Files.deleteIfExists(made);
      create(made, Files.readString(path, US_ASCII).stripTrailing() + "\n" + newLine());
      Files.move(made, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      forceDirectory(path);
    } catch (IOException e) {
      throw unavailable("changed", path, e);
    }
  }

  /// Reads a file; `forbidden` when it is missing, or others than its owner may read or change it,
  /// `incorrect` when it is no key file.
  public static KeyFile read(Path path) {
    List<String> lines;
    try {
      requireOwnerAlone(path);
      if (Files.size(path) > FILE_BYTES_MAX) {
        throw noKeyFile(path);
      }
      lines = new String(Files.readAllBytes(path), US_ASCII).strip().lines().toList();
    } catch (NoSuchFileException | AccessDeniedException e) {
      throw Anomaly.of(
              Anomaly.Category.FORBIDDEN,
              "The key file " + path + " "
                  + (e instanceof NoSuchFileException
                      ? "doesn't exist"
                      : "can't be read by this user")
                  + ", so what it encrypts can't be read either.",
              "Check the path. A new key file is made by `valence keys generate`.")
          .toException(e);
    } catch (IOException e) {
      throw unavailable("read", path, e);
    }
    List<MasterKey> keys = new ArrayList<>();
    if (lines.size() < 2 || !lines.getFirst().equals(HEADER)) {
      throw noKeyFile(path);
    }
    for (String line : lines.subList(1, lines.size())) {
      keys.add(masterKey(path, line));
    }
    return new KeyFile(path, keys);
  }

  @Override
  public String newestKeyId() {
    return keys.getLast().id();
  }

  @Override
  public byte[] wrap(String keyId, byte[] dataKey, byte[] context) {
    return key(keyId).seal(new byte[0], dataKey, 0, dataKey.length, context);
  }

  @Override
  public byte[] unwrap(String keyId, byte[] wrapped, byte[] context) {
    return key(keyId)
        .open(wrapped, 0, context)
        .orElseThrow(() -> Anomaly.of(
                Anomaly.Category.FORBIDDEN,
                "The key " + keyId + " of " + path + " doesn't open a key that it should have"
                    + " wrapped.",
                "The ring of keys in the storage was changed, or belongs to another storage.")
            .toException());
  }

  private Xaes key(String id) {
    return keys.stream()
        .filter(key -> key.id().equals(id))
        .findFirst()
        .orElseThrow(() -> Anomaly.of(
                Anomaly.Category.FORBIDDEN,
                "The storage is encrypted by the master key " + id + ", which isn't in " + path
                    + ".",
                "Name the key file that the storage was made with.")
            .with("key-id", id)
            .toException())
        .key();
  }

  private static MasterKey masterKey(Path path, String line) {
    String[] words = line.split(" ", -1);
    if (words.length == 2) {
      try {
        byte[] key = Base64.getDecoder().decode(words[1]);
        if (key.length == Xaes.KEY_BYTES && id(key).equals(words[0])) {
          return new MasterKey(words[0], new Xaes(key));
        }
      } catch (IllegalArgumentException _) {
        throw noKeyFile(path); // without the cause, which may tell of the key
      }
    }
    throw noKeyFile(path);
  }

  private static String newLine() {
    byte[] key = Xaes.randomBytes(Xaes.KEY_BYTES);
    return id(key) + " " + Base64.getEncoder().encodeToString(key) + "\n";
  }

  private static String id(byte[] key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update("valence master key".getBytes(US_ASCII));
      return HexFormat.of().formatHex(digest.digest(key), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("each JDK has SHA-256", e);
    }
  }

  /// Makes a file that its owner alone can read from its first moment on, durably: what it is to
  /// encrypt is lost without it.
  private static void create(Path path, String text) throws IOException {
    FileAttribute<?>[] attributes = hasPermissions(path.toAbsolutePath().getParent())
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ALONE)}
        : new FileAttribute<?>[0];
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel file = FileChannel.open(path, options, attributes)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(US_ASCII));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    forceDirectory(path);
  }

  private static void forceDirectory(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }

  private static void requireOwnerAlone(Path path) throws IOException {
    if (!hasPermissions(path)) {
      return; // a file system that has none
    }
    Set<PosixFilePermission> more = EnumSet.copyOf(Files.getPosixFilePermissions(path));
    more.removeAll(OWNER_ALONE);
    if (!more.isEmpty()) {
      throw Anomaly.of(
              Anomaly.Category.FORBIDDEN,
              "The key file " + path + " has the permissions "
                  + PosixFilePermissions.toString(Files.getPosixFilePermissions(path)) + ".",
              "Expected that its owner alone may read it: chmod 600.")
          .toException();
    }
  }

  private static boolean hasPermissions(@Nullable Path path) {
    return path != null && Files.getFileAttributeView(path, PosixFileAttributeView.class) != null;
  }

  private static AnomalyException noKeyFile(Path path) {
    return Anomaly.of(
            Anomaly.Category.INCORRECT,
            path + " isn't a key file, or was damaged.",
            "Expected the line \"" + HEADER + "\", and below it a key for each line.")
        .toException();
  }

  private static AnomalyException unavailable(String done, Path path, IOException cause) {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "The key file " + path + " couldn't be " + done + ": " + cause + ".",
            "Check its folder, then try again.")
        .toException(cause);
  }
}
