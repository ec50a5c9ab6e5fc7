package io.belfry;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption.Origin;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/// How the JVM of a node differs from its own defaults, where its command line says nothing else.
final class JvmDefaults {
  // How many percent of the heap stay free after a collection of all of it, where HotSpot would
  // keep
  // 40 to 70. Idle connections are then what a node's memory is, and a push costs the same.
  private static final String LEAST_FREE = "MinHeapFreeRatio";
  private static final String MOST_FREE = "MaxHeapFreeRatio";

  private JvmDefaults() {}

  /// Sets them, of a JVM that runs already.
  static void set() {
    // Jetty would make the platform's MBean server to ask it, which nothing else here needs.
    System.getProperties().putIfAbsent("org.eclipse.jetty.util.referencesPerCacheLine", "16");

    HotSpotDiagnosticMXBean jvm = hotSpot();
    if (jvm != null && isDefault(jvm, LEAST_FREE) && isDefault(jvm, MOST_FREE)) {
      jvm.setVMOption(LEAST_FREE, "10");
      jvm.setVMOption(MOST_FREE, "20");
    }
  }

  private static @Nullable HotSpotDiagnosticMXBean hotSpot() {
    try {
      return ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    } catch (IllegalArgumentException anotherJvm) {
      return null;
    }
  }

  private static boolean isDefault(HotSpotDiagnosticMXBean jvm, String option) {
    return jvm.getVMOption(option).getOrigin() == Origin.DEFAULT;
  }
}
