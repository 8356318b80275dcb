package valence.node.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.attribute.StackMapTableAttribute;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import valence.ion.spi.Contained;

/// Redirects calls in an application's classes that would end or hold the node's process, to
/// [Contained], as the classes are loaded.
///
/// Concerned are `System.exit`, `Runtime.exit` and `halt`, hooks of the process's end, the start of
/// threads, which are counted, and the making of executors and timers, which are noted. A class
/// without such calls, nearly each, is loaded as it is. Calls by reflection aren't seen: this keeps
/// mistakes in, not malice.
final class Containment {
  private static final ClassDesc TO = ClassDesc.of(Contained.class.getName());
  private static final ClassDesc RUNTIME = ClassDesc.of("java.lang.Runtime");
  private static final ClassDesc THREAD = ClassDesc.of("java.lang.Thread");
  private static final MethodTypeDesc EXIT =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
  private static final MethodTypeDesc START = MethodTypeDesc.of(ConstantDescs.CD_void, THREAD);
  private static final MethodTypeDesc OPENED =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);

  private static final String POOLS = "java/util/concurrent/Executors";
  private static final Set<String> OPENED_CLASSES = Set.of(
      "java/util/Timer",
      "java/util/concurrent/ThreadPoolExecutor",
      "java/util/concurrent/ScheduledThreadPoolExecutor",
      "java/util/concurrent/ForkJoinPool");

  /// What a call of a method of `Runtime` becomes.
  private static final Map<String, MethodTypeDesc> OF_RUNTIME = Map.of(
      "exit", MethodTypeDesc.of(ConstantDescs.CD_void, RUNTIME, ConstantDescs.CD_int),
      "halt", MethodTypeDesc.of(ConstantDescs.CD_void, RUNTIME, ConstantDescs.CD_int),
      "addShutdownHook", MethodTypeDesc.of(ConstantDescs.CD_void, RUNTIME, THREAD),
      "removeShutdownHook", MethodTypeDesc.of(ConstantDescs.CD_boolean, RUNTIME, THREAD));

  private static final byte[][] SIGNS = {
    sign("exit"),
    sign("halt"),
    sign("addShutdownHook"),
    sign("removeShutdownHook"),
    sign("start"),
    sign(POOLS),
    sign("java/util/Timer"),
    sign("java/util/concurrent/ThreadPoolExecutor"),
    sign("java/util/concurrent/ScheduledThreadPoolExecutor"),
    sign("java/util/concurrent/ForkJoinPool")
  };

  private Containment() {}

  /// The class to be loaded in place of one.
  ///
  /// @param code sees the classes that it refers to
  static byte[] of(byte[] bytes, ClassLoader code) {
    if (!concerns(bytes)) {
      return bytes;
    }
    // Names of locals are let go: compilers of other languages write tables that don't fit the
    // code,
    // which the JVM forgives until the size of frames is counted anew.
    ClassFile files = ClassFile.of(
        ClassFile.DebugElementsOption.DROP_DEBUG,
        ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(code)
            .orElse(ClassHierarchyResolver.defaultResolver())));
    ClassModel model;
    try {
      model = files.parse(bytes);
      return files.transformClass(
          model, ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(Calls::new)));
    } catch (IllegalArgumentException e) {
      return bytes; // odd bytes, or a class that refers to some that aren't there: as it is
    }
  }

  /// Whether a class's constants name what is redirected; a quick look, that may be wrong with yes.
  private static boolean concerns(byte[] bytes) {
    for (byte[] sign : SIGNS) {
      if (contains(bytes, sign)) {
        return true;
      }
    }
    return false;
  }

  /// A text as a class file holds it: a tag, its length, its bytes.
  private static byte[] sign(String text) {
    byte[] letters = text.getBytes(ISO_8859_1);
    byte[] sign = new byte[letters.length + 3];
    sign[0] = 1;
    sign[1] = (byte) (letters.length >>> 8);
    sign[2] = (byte) letters.length;
    System.arraycopy(letters, 0, sign, 3, letters.length);
    return sign;
  }

  private static boolean contains(byte[] bytes, byte[] sign) {
    int last = bytes.length - sign.length;
    byte letter = sign[3];
    for (int i = 0; i <= last; i++) {
      if (bytes[i + 3] == letter && bytes[i] == 1 && matches(bytes, i, sign)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(byte[] bytes, int at, byte[] sign) {
    for (int i = 0; i < sign.length; i++) {
      if (bytes[at + i] != sign[i]) {
        return false;
      }
    }
    return true;
  }

  /// The calls of one method.
  private static final class Calls implements CodeTransform {
    /// For each object of [#OPENED_CLASSES] that is being made, the innermost first, whether it
    /// stays on the stack when it is made.
    private final Deque<Boolean> making = new ArrayDeque<>();
    private boolean isNew; // the last instruction made one

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      if (!(element instanceof Instruction) && !(element instanceof StackMapTableAttribute)) {
        code.with(element);
        return;
      }
      boolean wasNew = isNew;
      isNew = false;
      switch (element) {
        case NewObjectInstruction made
        when OPENED_CLASSES.contains(made.className().asInternalName()) -> {
          making.push(false);
          isNew = true;
          code.with(element);
        }
        case StackInstruction stack
        when wasNew && stack.opcode() == Opcode.DUP -> {
          making.pop();
          making.push(true);
          code.with(element);
        }
        case InvokeInstruction call -> call(code, call);
        case StackMapTableAttribute _ -> {
          // made anew
        }
        default -> code.with(element);
      }
    }

    private void call(CodeBuilder code, InvokeInstruction call) {
      String owner = call.owner().asInternalName();
      String name = call.name().stringValue();
      switch (owner) {
        case "java/lang/System" -> {
          if (name.equals("exit")) {
            code.invokestatic(TO, "exit", EXIT);
            return;
          }
        }
        case "java/lang/Thread" -> {
          if (name.equals("start") && call.opcode() == Opcode.INVOKEVIRTUAL) {
            code.invokestatic(TO, "start", START);
            return;
          }
        }
        case "java/lang/Runtime" -> {
          MethodTypeDesc type = OF_RUNTIME.get(name);
          if (type != null) {
            code.invokestatic(TO, name.equals("halt") ? "exit" : name, type);
            return;
          }
        }
        default -> {}
      }
      code.with(call);
      boolean opened = owner.equals(POOLS)
              && call.opcode() == Opcode.INVOKESTATIC
              && name.startsWith("new")
              && call.typeSymbol().returnType().isClassOrInterface()
          || name.equals("<init>")
              && OPENED_CLASSES.contains(owner)
              && !making.isEmpty()
              && making.pop();
      if (opened) {
        code.dup().invokestatic(TO, "opened", OPENED);
      }
    }
  }
}
