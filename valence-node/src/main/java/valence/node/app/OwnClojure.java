package valence.node.app;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/// The classes of Clojure that a revision has for itself, with one change: they reach into a class
/// that is shared by its public methods.
///
/// In the JVM a package is of one loader. What Clojure's own classes of `clojure.lang` may do among
/// themselves, a revision's may not do with the node's. That concerns three fields, each of which
/// has an accessor that says the same, and the name of one class.
final class OwnClojure {
  private static final ClassDesc SYMBOL = ClassDesc.of("clojure.lang.Symbol");
  private static final ClassDesc OBJ = ClassDesc.of("clojure.lang.Obj");
  private static final ClassDesc LIST = ClassDesc.of("clojure.lang.PersistentList");
  private static final String EMPTY_LIST = "clojure/lang/PersistentList$EmptyList";
  private static final MethodTypeDesc TO_STRING = MethodTypeDesc.of(ConstantDescs.CD_String);
  private static final MethodTypeDesc TO_CLASS = MethodTypeDesc.of(ConstantDescs.CD_Class);
  private static final MethodTypeDesc TO_META =
      MethodTypeDesc.of(ClassDesc.of("clojure.lang.IPersistentMap"));

  private final ClassModel model;
  private final boolean inheritsMeta;

  private OwnClojure(ClassModel model) {
    this.model = model;
    inheritsMeta =
        model.fields().stream().noneMatch(field -> field.fieldName().equalsString("_meta"));
  }

  /// The class as a revision defines it; the same bytes when there is nothing to change.
  static byte[] rewritten(byte[] bytes) {
    ClassFile format = ClassFile.of();
    ClassModel model = format.parse(bytes);
    OwnClojure own = new OwnClojure(model);
    return own.concerned()
        ? format.transformClass(model, ClassTransform.transformingMethodBodies(own::rewrite))
        : bytes;
  }

  private boolean concerned() {
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof FieldRefEntry field && isHidden(field)) {
        return true;
      }
      if (entry instanceof ClassEntry named && named.name().equalsString(EMPTY_LIST)) {
        return true;
      }
    }
    return false;
  }

  private boolean isHidden(FieldRefEntry field) {
    String name = field.name().stringValue();
    return switch (field.owner().asInternalName()) {
      case "clojure/lang/Symbol" -> name.equals("name") || name.equals("ns");
      // Of Obj; its subclasses refer to it as their own.
      default -> name.equals("_meta") && field.owner().equals(model.thisClass()) && inheritsMeta;
    };
  }

  private void rewrite(CodeBuilder code, CodeElement element) {
    switch (element) {
      case FieldInstruction read
      when read.opcode() == Opcode.GETFIELD && isHidden(read.field()) -> {
        switch (read.name().stringValue()) {
          case "name" -> code.invokevirtual(SYMBOL, "getName", TO_STRING);
          case "ns" -> code.invokevirtual(SYMBOL, "getNamespace", TO_STRING);
          default -> code.invokevirtual(OBJ, "meta", TO_META);
        }
      }
      case ConstantInstruction.LoadConstantInstruction constant
      when constant.constantEntry() instanceof ClassEntry named
          && named.name().equalsString(EMPTY_LIST) ->
        code.getstatic(LIST, "EMPTY", named.asSymbol())
            .invokevirtual(ConstantDescs.CD_Object, "getClass", TO_CLASS);
      default -> code.with(element);
    }
  }
}
