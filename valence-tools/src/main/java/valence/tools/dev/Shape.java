package valence.tools.dev;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.ExceptionsAttribute;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What of a class the compiler looks at when it compiles others: while it stays the same, those
/// don't have to be compiled anew.
///
/// The bodies of methods and private members aren't of it; values of constants are, since they are
/// copied into the classes that use them.
///
/// @param lines a member each
record Shape(List<String> lines) {
  private static final Pattern WITHIN_A_METHOD = Pattern.compile(".*\\$\\d.*");

  /// Of a class that others can name; an empty one for those within methods.
  static Shape of(String className, byte[] bytes) {
    List<String> lines = new ArrayList<>();
    if (WITHIN_A_METHOD.matcher(className).matches()) {
      return new Shape(lines);
    }
    ClassModel model = ClassFile.of().parse(bytes);
    lines.add(model.flags().flagsMask()
        + " " + model.thisClass().asInternalName()
        + " " + model.superclass().map(above -> above.asInternalName()).orElse("")
        + " " + model.interfaces().stream().map(each -> each.asInternalName()).toList());
    model
        .findAttribute(Attributes.signature())
        .ifPresent(it -> lines.add(it.signature().stringValue()));
    model
        .findAttribute(Attributes.permittedSubclasses())
        .ifPresent(it -> lines.add(it.permittedSubclasses().stream()
            .map(each -> each.asInternalName())
            .toList()
            .toString()));
    model
        .findAttribute(Attributes.record())
        .ifPresent(it -> lines.add(it.components().stream()
            .map(each -> each.name() + ":" + each.descriptor())
            .toList()
            .toString()));
    model
        .findAttribute(Attributes.innerClasses())
        .ifPresent(it -> lines.add(it.classes().stream()
            .map(each -> each.innerClass().asInternalName() + each.flagsMask())
            .filter(each -> each.startsWith(model.thisClass().asInternalName()))
            .filter(each -> !WITHIN_A_METHOD.matcher(each).matches())
            .toList()
            .toString()));
    if (model.flags().has(AccessFlag.ANNOTATION)) {
      lines.add("an annotation, which may mean anything: " + java.util.Arrays.hashCode(bytes));
    }
    for (FieldModel field : model.fields()) {
      if (!field.flags().has(AccessFlag.PRIVATE) && !field.flags().has(AccessFlag.SYNTHETIC)) {
        lines.add(line(field));
      }
    }
    for (MethodModel method : model.methods()) {
      if (!method.flags().has(AccessFlag.PRIVATE) && !method.flags().has(AccessFlag.SYNTHETIC)) {
        lines.add(line(method));
      }
    }
    return new Shape(lines);
  }

  private static String line(FieldModel field) {
    return field.flags().flagsMask()
        + " " + field.fieldName() + ":" + field.fieldType()
        + field
            .findAttribute(Attributes.signature())
            .map(it -> " " + it.signature().stringValue())
            .orElse("")
        + field
            .findAttribute(Attributes.constantValue())
            .map(it -> " = " + it.constant().constantValue())
            .orElse("");
  }

  private static String line(MethodModel method) {
    return method.flags().flagsMask()
        + " " + method.methodName() + method.methodType()
        + method
            .findAttribute(Attributes.signature())
            .map(it -> " " + it.signature().stringValue())
            .orElse("")
        + method.findAttribute(Attributes.exceptions()).map(Shape::thrown).orElse("");
  }

  private static String thrown(ExceptionsAttribute exceptions) {
    return " throws "
        + exceptions.exceptions().stream().map(each -> each.asInternalName()).toList();
  }
}
