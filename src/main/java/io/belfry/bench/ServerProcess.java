package io.belfry.bench;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;

/// The node's process, where it runs on this machine and is told with `--pid`.
final class ServerProcess {
  private final @Nullable ProcessHandle process;

  ServerProcess(@Nullable Long pid) {
    this.process = pid == null ? null : ProcessHandle.of(pid).orElse(null);
  }

  boolean isKnown() {
    return process != null;
  }

  /// What it has taken of all processors, 0 where that is not known.
  double cpuSeconds() {
    return process == null
        ? 0
        : process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / (double) Bench.SECOND;
  }

  /// Its resident memory, 0 where that is not known: Linux tells it.
  long rssBytes() {
    if (process == null) {
      return 0;
    }
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
      return 0;
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  /// What is used of its heap after a collection, empty where that is not to be had: it takes a
  /// JDK, and the same user.
  OptionalLong heapBytes() {
    if (process == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Heap.usedBytes(process.pid()));
    } catch (IOException | NoClassDefFoundError notToBeHad) {
      return OptionalLong.empty();
    }
  }

  /// A class of its own, for a JRE cannot load it: it has no module `jdk.attach`.
  private static final class Heap {
    // What is read is a process that the caller named, on this machine.
    @SuppressWarnings("BanJNDI")
    static long usedBytes(long pid) throws IOException {
      JMXServiceURL address = new JMXServiceURL(managementAddress(pid));
      try (JMXConnector connector = JMXConnectorFactory.connect(address)) {
        MemoryMXBean memory =
            ManagementFactory.getPlatformMXBean(
                connector.getMBeanServerConnection(), MemoryMXBean.class);
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
      }
    }

    private static String managementAddress(long pid) throws IOException {
      try {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
        try {
          return machine.startLocalManagementAgent();
        } finally {
          machine.detach();
        }
      } catch (AttachNotSupportedException noJvm) {
        throw new IOException(noJvm);
      }
    }
  }
}
