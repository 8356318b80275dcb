package valence.engine.query.call;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.engine.function.Invocable;

/// Members of Java classes that queries may call: those of plain values, which have no effects.
public final class Members {
  /// Members whose result can be far larger than their arguments, or which touch what is shared.
  private static final Set<String> REFUSED = Set.of(
      "repeat",
      "pow",
      "shiftLeft",
      "setScale",
      "intern",
      "getClass",
      "wait",
      "notify",
      "notifyAll",
      "setTime",
      "setYear",
      "setMonth",
      "setDate",
      "setHours",
      "setMinutes",
      "setSeconds",
      "toURL",
      "getChars",
      "getBytes",
      "invoke",
      "getInteger",
      "getLong",
      "getBoolean",
      "probablePrime",
      "nextProbablePrime",
      "movePointLeft",
      "movePointRight",
      "toBigInteger",
      "toBigIntegerExact",
      "toPlainString",
      "scaleByPowerOfTen",
      "setBit");

  private static final Map<String, Class<?>> CLASSES = new HashMap<>();

  /// A member cannot be chosen among more arguments.
  private static final int ARGS_MAX = 8;

  static {
    for (Class<?> each : new Class<?>[] {
      String.class,
      Character.class,
      Boolean.class,
      Long.class,
      Integer.class,
      Double.class,
      Float.class,
      Short.class,
      Byte.class,
      Number.class,
      Math.class,
      StrictMath.class,
      BigDecimal.class,
      BigInteger.class,
      UUID.class,
      Date.class,
      Instant.class,
      Duration.class,
      LocalDate.class,
      ZonedDateTime.class,
      ZoneId.class,
      URI.class,
      CharSequence.class,
      Keyword.class,
      Symbol.class
    }) {
      CLASSES.put(each.getName(), each);
      if (each.getPackageName().equals("java.lang")) {
        CLASSES.put(each.getSimpleName(), each);
      }
    }
  }

  private Members() {}

  /// The method `.name` of whatever the first argument is.
  public static Invocable method(String name) {
    Map<Class<?>, List<Executable>> known = new ConcurrentHashMap<>();
    return args -> {
      Arity.check("." + name, args.length, args.length > 0 && args.length <= ARGS_MAX);
      Object target = args[0];
      if (target == null) {
        throw new IllegalArgumentException("." + name + " was called on nil");
      }
      if (CLASSES.get(target.getClass().getName()) != target.getClass()) {
        throw Anomaly.of(
                Anomaly.Category.FORBIDDEN,
                "Methods of " + target.getClass().getName() + " may not be called by queries.",
                "Allowed are those of strings, numbers, dates and other plain values.")
            .toException();
      }
      @Nullable Object[] rest = Arrays.copyOfRange(args, 1, args.length);
      List<Executable> candidates =
          known.computeIfAbsent(target.getClass(), type -> candidates(type, name, false));
      return invoke(candidates, target, rest, "." + name);
    };
  }

  /// The constructor `Class.`; null when queries may not call one of that class.
  public static @Nullable Invocable constructor(String className) {
    Class<?> type = CLASSES.get(className);
    if (type == null
        || type.isInterface()
        || Modifier.isAbstract(type.getModifiers())
        || type.getPackageName().startsWith("clojure")) {
      return null;
    }
    List<Executable> candidates = new ArrayList<>(List.of(type.getConstructors()));
    return args -> invoke(candidates, null, args, className + ".");
  }

  /// The static method `Class/name`; null when queries may not call any of that name.
  public static @Nullable Invocable staticMethod(String className, String name) {
    Class<?> type = CLASSES.get(className);
    if (type == null) {
      return null;
    }
    List<Executable> candidates = candidates(type, name, true);
    return candidates.isEmpty()
        ? null
        : args -> invoke(candidates, null, args, className + "/" + name);
  }

  /// `(instance? Class value)`, for the classes of values.
  static boolean isInstance(@Nullable Object className, @Nullable Object value) {
    Class<?> type = CLASSES.get(String.valueOf(className));
    if (type == null) {
      throw new IllegalArgumentException(
          className + " is no class that queries know; they know those of strings, numbers, dates"
              + " and other plain values");
    }
    return type.isInstance(value);
  }

  private static List<Executable> candidates(Class<?> type, String name, boolean isStatic) {
    List<Executable> candidates = new ArrayList<>();
    if (!REFUSED.contains(name) || type == Math.class || type == StrictMath.class) {
      for (Method method : type.getMethods()) {
        if (method.getName().equals(name)
            && Modifier.isStatic(method.getModifiers()) == isStatic
            && !method.isBridge()) {
          candidates.add(method);
        }
      }
    }
    return candidates;
  }

  private static @Nullable Object invoke(
      List<Executable> candidates, @Nullable Object target, @Nullable Object[] args, String name)
      throws Exception {
    Executable best = null;
    int bestCost = Integer.MAX_VALUE;
    for (Executable candidate : candidates) {
      int cost = cost(candidate.getParameterTypes(), args);
      if (cost < bestCost) {
        best = candidate;
        bestCost = cost;
      }
    }
    if (best == null) {
      throw new IllegalArgumentException(
          "No member " + name + " that queries may call takes these " + args.length + " arguments");
    }
    Class<?>[] types = best.getParameterTypes();
    @Nullable Object[] converted = new Object[args.length];
    for (int i = 0; i < args.length; i++) {
      converted[i] = convert(types[i], args[i]);
    }
    try {
      return switch (best) {
        case Method method -> method.invoke(target, converted);
        case Constructor<?> constructor -> constructor.newInstance(converted);
      };
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause() instanceof Exception cause ? cause : thrown;
    }
  }

  private static int cost(Class<?>[] types, @Nullable Object[] args) {
    if (types.length != args.length) {
      return Integer.MAX_VALUE;
    }
    int sum = 0;
    for (int i = 0; i < types.length; i++) {
      int cost = cost(types[i], args[i]);
      if (cost < 0) {
        return Integer.MAX_VALUE;
      }
      sum += cost;
    }
    return sum;
  }

  /// How far a parameter is from an argument; negative when it can't take it.
  private static int cost(Class<?> type, @Nullable Object arg) {
    if (arg == null) {
      return type.isPrimitive() ? -1 : 5;
    }
    if (arg instanceof Long number) {
      if (type == long.class || type == Long.class) {
        return 0;
      }
      if (type == int.class) {
        return number == number.intValue() ? 1 : -1;
      }
      if (type == double.class) {
        return 3;
      }
    }
    if (arg instanceof Double && type == double.class
        || arg instanceof Boolean && type == boolean.class
        || arg instanceof Character && type == char.class) {
      return 0;
    }
    if (arg instanceof Float && (type == float.class || type == double.class)) {
      return type == float.class ? 0 : 1;
    }
    if (!type.isInstance(arg)) {
      return -1;
    }
    return type == arg.getClass() ? 0 : type == Object.class ? 9 : 4;
  }

  private static @Nullable Object convert(Class<?> type, @Nullable Object arg) {
    if (arg instanceof Long number) {
      if (type == int.class) {
        return number.intValue();
      }
      if (type == double.class) {
        return number.doubleValue();
      }
    }
    return arg instanceof Float number && type == double.class ? number.doubleValue() : arg;
  }
}
