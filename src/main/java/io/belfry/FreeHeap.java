package io.belfry;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.ThreadMXBean;
import com.sun.management.VMOption.Origin;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Keeps little of the heap free while a node has little to do, so that idle connections are what
/// its memory is. While it has much to do the JVM keeps what it keeps by default: a small heap
/// would be collected all the time.
///
/// It says how much is to be free after a collection of the whole heap, and asks for none itself.
/// Where the command line says how much, it leaves it at that.
final class FreeHeap {
  private static final String LEAST = "MinHeapFreeRatio";
  private static final String MOST = "MaxHeapFreeRatio";
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final long BUSY_BYTES = 8L * 1024 * 1024;

  private final HotSpotDiagnosticMXBean jvm;
  private final String least;
  private final String most;
  private long allocated;
  private boolean isBusy = true;

  private FreeHeap(HotSpotDiagnosticMXBean jvm) {
    this.jvm = jvm;
    this.least = jvm.getVMOption(LEAST).getValue();
    this.most = jvm.getVMOption(MOST).getValue();
  }

  /// Begins, where this JVM can be told and its command line says nothing of it.
  static void keep() {
    HotSpotDiagnosticMXBean jvm = hotSpot();
    if (jvm != null && isDefault(jvm, LEAST) && isDefault(jvm, MOST)) {
      FreeHeap heap = new FreeHeap(jvm);
      Thread.ofVirtual().name("belfry-heap").start(heap::watch);
    }
  }

  private static @Nullable HotSpotDiagnosticMXBean hotSpot() {
    boolean counts = ManagementFactory.getThreadMXBean() instanceof ThreadMXBean;
    return counts ? ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class) : null;
  }

  private static boolean isDefault(HotSpotDiagnosticMXBean jvm, String option) {
    return jvm.getVMOption(option).getOrigin() == Origin.DEFAULT;
  }

  private void watch() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try {
      while (true) {
        Thread.sleep(PAUSE);
        look(threads.getTotalThreadAllocatedBytes());
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  /// @param total how many bytes were ever allocated
  private void look(long total) {
    boolean wasBusy = isBusy;
    isBusy = total - allocated > BUSY_BYTES;
    allocated = total;
    if (isBusy && !wasBusy) {
      // In this order the one is never above the other.
      jvm.setVMOption(MOST, most);
      jvm.setVMOption(LEAST, least);
    } else if (!isBusy && wasBusy) {
      jvm.setVMOption(LEAST, "10");
      jvm.setVMOption(MOST, "20");
    }
  }
}
