package dev.payledger.failpoints;

import static java.util.stream.Collectors.groupingBy;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.reflect.AccessFlag;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Puts a call of `Passing` at each probe of a class, and leaves everything else as it is.
final class ProbedClasses implements ClassFileTransformer {
  private static final ClassDesc PASSING = ClassDesc.of(Passing.class.getName());
  private static final ClassDesc ARGUMENTS = ConstantDescs.CD_Object.arrayType();
  private static final MethodTypeDesc BEGAN =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String, ARGUMENTS);
  private static final MethodTypeDesc ENDED =
      MethodTypeDesc.of(
          ConstantDescs.CD_void, ConstantDescs.CD_Object, ConstantDescs.CD_String, ARGUMENTS);

  private final Map<String, List<Probe>> probes =
      Stream.concat(Probes.OURS.stream(), Probes.LIBRARIES.stream())
          .collect(groupingBy(Probe::type));
  private final Set<Probe> placed = ConcurrentHashMap.newKeySet();
  private final Map<String, Throwable> failures = new ConcurrentHashMap<>();

  boolean isProbed(Class<?> type) {
    return probes.containsKey(type.getName().replace('.', '/'));
  }

  /// Why a class could not be changed.
  Map<String, Throwable> failures() {
    return failures;
  }

  /// The probes of the class that found no place in it.
  List<Probe> missing(Class<?> type) {
    return probes.getOrDefault(type.getName().replace('.', '/'), List.of()).stream()
        .filter(probe -> !placed.contains(probe))
        .toList();
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    List<Probe> ofClass = name == null ? null : probes.get(name);
    if (ofClass == null) {
      return null;
    }
    try {
      return probed(loader, bytes, ofClass);
    } catch (RuntimeException | Error e) {
      // The JVM would say nothing and take the class as it was.
      failures.put(String.valueOf(name), e);
      System.err.println("failpoints: " + name + " cannot be probed: " + e);
      return null;
    }
  }

  private byte[] probed(@Nullable ClassLoader loader, byte[] bytes, List<Probe> ofClass) {
    ClassHierarchyResolver types = ClassHierarchyResolver.defaultResolver();
    ClassFile classFile =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                loader == null
                    ? types
                    : ClassHierarchyResolver.ofResourceParsing(loader).orElse(types)));
    ClassTransform transform =
        (builder, element) -> {
          Optional<Probe> found =
              element instanceof MethodModel method
                  ? ofClass.stream().filter(probe -> isAt(probe, method)).findFirst()
                  : Optional.empty();
          if (found.isPresent()) {
            Probe probe = found.get();
            MethodModel method = (MethodModel) element;
            builder.transformMethod(
                method,
                MethodTransform.transformingCode(
                    probe.call().isEmpty() ? new Whole(probe, method) : around(probe)));
          } else {
            builder.with(element);
          }
        };
    return classFile.transformClass(classFile.parse(bytes), transform);
  }

  private static boolean isAt(Probe probe, MethodModel method) {
    return method.code().isPresent()
        && method.methodName().equalsString(probe.method())
        && !method.flags().has(AccessFlag.BRIDGE);
  }

  private CodeTransform around(Probe probe) {
    return (builder, element) -> {
      boolean isCall =
          element instanceof InvokeInstruction call
              && probe
                  .call()
                  .equals(call.owner().asInternalName() + "." + call.name().stringValue());
      if (isCall) {
        placed.add(probe);
        builder.loadConstant(probe.hook().name()).iconst_0().anewarray(ConstantDescs.CD_Object);
        builder.invokestatic(PASSING, "began", BEGAN);
      }
      builder.with(element);
      if (isCall) {
        builder.aconst_null().loadConstant(probe.hook().name());
        builder.iconst_0().anewarray(ConstantDescs.CD_Object);
        builder.invokestatic(PASSING, "ended", ENDED);
      }
    };
  }

  /// At the begin and at each return.
  private final class Whole implements CodeTransform {
    private final Probe probe;
    private final MethodModel method;

    Whole(Probe probe, MethodModel method) {
      this.probe = probe;
      this.method = method;
    }

    @Override
    public void atStart(CodeBuilder builder) {
      placed.add(probe);
      builder.loadConstant(probe.hook().name());
      loadArguments(builder);
      builder.invokestatic(PASSING, "began", BEGAN);
    }

    @Override
    public void accept(CodeBuilder builder, CodeElement element) {
      if (element instanceof ReturnInstruction returned) {
        loadResult(builder, returned.typeKind());
        builder.loadConstant(probe.hook().name());
        loadArguments(builder);
        builder.invokestatic(PASSING, "ended", ENDED);
      }
      builder.with(element);
    }

    /// Leaves the result itself where it is.
    private static void loadResult(CodeBuilder builder, TypeKind kind) {
      switch (kind) {
        case REFERENCE -> builder.dup();
        case BOOLEAN, INT ->
            // A boolean is an int on the stack; which of the two it was, the method knows.
            builder
                .dup()
                .invokestatic(
                    ConstantDescs.CD_Boolean,
                    "valueOf",
                    MethodTypeDesc.of(ConstantDescs.CD_Boolean, ConstantDescs.CD_boolean));
        default -> builder.aconst_null();
      }
    }

    /// The receiver and the parameters; primitive ones are left out.
    private void loadArguments(CodeBuilder builder) {
      boolean isStatic = method.flags().has(AccessFlag.STATIC);
      List<ClassDesc> parameters = method.methodTypeSymbol().parameterList();
      builder.loadConstant(parameters.size() + 1).anewarray(ConstantDescs.CD_Object);
      if (!isStatic) {
        builder.dup().iconst_0().aload(builder.receiverSlot()).aastore();
      }
      for (int i = 0; i < parameters.size(); i++) {
        if (!parameters.get(i).isPrimitive()) {
          builder.dup().loadConstant(i + 1).aload(builder.parameterSlot(i)).aastore();
        }
      }
    }
  }
}
