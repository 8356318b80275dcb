package valence.node.app;

import static org.assertj.core.api.Assertions.assertThat;

import clojure.lang.Keyword;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.reflect.AccessFlag;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What of Clojure is shared is closed: nothing that isn't shared could meet a class of another
/// loader, or what is private to the shared.
final class SharedClojureTest {
  private static final Pattern CLASS = Pattern.compile("Lclojure/lang/([^;]+);");

  private final Map<String, ClassModel> classes = new HashMap<>();
  private final Map<String, ClassModel> own = new HashMap<>();

  SharedClojureTest() throws Exception {
    URI jar = Keyword.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    try (FileSystem zip = FileSystems.newFileSystem(Path.of(jar));
        Stream<Path> files = Files.walk(zip.getPath("/clojure"))) {
      for (Path file :
          (Iterable<Path>) files.filter(f -> f.toString().endsWith(".class"))::iterator) {
        add(Files.readAllBytes(file));
      }
    }
  }

  private void add(byte[] bytes) throws IOException {
    ClassModel model = ClassFile.of().parse(bytes);
    String name = model.thisClass().asInternalName();
    classes.put(name, model);
    if (!isShared(name)) {
      boolean rewritten = name.startsWith("clojure/lang/");
      own.put(name, rewritten ? ClassFile.of().parse(OwnClojure.rewritten(bytes)) : model);
    }
  }

  private static boolean isShared(String internalName) {
    return SharedClojure.contains(internalName.replace('/', '.'));
  }

  @Test
  void theSuperclassesOfSharedClassesAreShared() {
    Set<String> missing = new TreeSet<>();
    classes.forEach((name, model) -> {
      if (isShared(name) && !name.matches(".*(\\$\\d+|Primordial)")) {
        for (String above : above(model)) {
          if (above.startsWith("clojure/") && !isShared(above)) {
            missing.add(name + " is a " + above);
          }
        }
      }
    });
    assertThat(missing).isEmpty();
  }

  @Test
  void nobodyOutsideUsesWhatIsPrivateOrNamesAClassOfItsOwn() {
    Set<String> wrong = new TreeSet<>();
    own.forEach((user, model) -> {
      for (PoolEntry entry : model.constantPool()) {
        if (entry instanceof MemberRefEntry member) {
          check(user, member, wrong);
        }
      }
    });
    assertThat(wrong).isEmpty();
  }

  private void check(String user, MemberRefEntry member, Set<String> wrong) {
    String owner = member.owner().asInternalName();
    String name = member.name().stringValue();
    String type = member.type().stringValue();
    Declared declared = find(owner, name, type);
    if (declared == null || !isShared(declared.in())) {
      return;
    }
    // A constant pool keeps what no instruction refers to any more.
    boolean replaced = name.equals("_meta")
        || declared.in().equals("clojure/lang/Symbol")
            && (name.equals("name") || name.equals("ns"));
    if (!declared.visible() && !replaced) {
      wrong.add(user + " uses " + owner + "." + name);
    }
    var types = CLASS.matcher(type);
    while (types.find()) {
      if (!isShared("clojure/lang/" + types.group(1))) {
        wrong.add(user + " uses " + owner + "." + name + type);
      }
    }
  }

  private record Declared(String in, boolean visible) {}

  private @Nullable Declared find(String owner, String name, String type) {
    ClassModel model = classes.get(owner);
    if (model == null) {
      return null;
    }
    for (var method : model.methods()) {
      if (method.methodName().equalsString(name) && method.methodType().equalsString(type)) {
        return new Declared(owner, visible(method.flags().flags()));
      }
    }
    for (var field : model.fields()) {
      if (field.fieldName().equalsString(name) && field.fieldType().equalsString(type)) {
        return new Declared(owner, visible(field.flags().flags()));
      }
    }
    for (String above : above(model)) {
      Declared found = find(above, name, type);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static boolean visible(Set<AccessFlag> flags) {
    return flags.contains(AccessFlag.PUBLIC) || flags.contains(AccessFlag.PROTECTED);
  }

  private static List<String> above(ClassModel model) {
    List<String> above = new ArrayList<>();
    model.superclass().map(ClassEntry::asInternalName).ifPresent(above::add);
    model.interfaces().forEach(each -> above.add(each.asInternalName()));
    return above;
  }
}
