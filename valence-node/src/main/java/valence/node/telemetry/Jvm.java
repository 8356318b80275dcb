package valence.node.telemetry;

import java.lang.management.ClassLoadingMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.ThreadMXBean;

/// How the JVM does.
final class Jvm {
  private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final ClassLoadingMXBean CLASSES = ManagementFactory.getClassLoadingMXBean();

  private Jvm() {}

  static void tell(Samples samples) {
    samples.gauge(
        "jvm_memory_used_bytes",
        "Memory in use.",
        MEMORY.getHeapMemoryUsage().getUsed(),
        "area",
        "heap");
    samples.gauge(
        "jvm_memory_used_bytes",
        "Memory in use.",
        MEMORY.getNonHeapMemoryUsage().getUsed(),
        "area",
        "nonheap");
    samples.gauge(
        "jvm_memory_max_bytes",
        "Memory at most.",
        MEMORY.getHeapMemoryUsage().getMax(),
        "area",
        "heap");
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getUsage() != null) {
        samples.gauge(
            "jvm_memory_pool_used_bytes",
            "Memory in use, by pool.",
            pool.getUsage().getUsed(),
            "pool",
            pool.getName());
      }
    }
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      samples.summary(
          "jvm_gc_collection_seconds",
          "Collections of garbage, and the time they took.",
          collector.getCollectionCount(),
          collector.getCollectionTime() / 1e3,
          "gc",
          collector.getName());
    }
    samples.gauge("jvm_threads_current", "Platform threads.", THREADS.getThreadCount());
    samples.gauge(
        "jvm_threads_peak", "Platform threads, at most so far.", THREADS.getPeakThreadCount());
    samples.counter(
        "jvm_classes_loaded_total", "Classes loaded.", CLASSES.getTotalLoadedClassCount());
    samples.gauge(
        "jvm_classes_currently_loaded", "Classes in memory.", CLASSES.getLoadedClassCount());
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      samples.counter(
          "process_cpu_seconds_total", "Time of processors.", system.getProcessCpuTime() / 1e9);
      samples.gauge(
          "system_cpu_count", "Processors of the machine.", system.getAvailableProcessors());
      if (system instanceof com.sun.management.UnixOperatingSystemMXBean unix) {
        samples.gauge("process_open_fds", "Open files.", unix.getOpenFileDescriptorCount());
      }
    }
    samples.gauge(
        "process_uptime_seconds",
        "Since the process began.",
        ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
  }
}
