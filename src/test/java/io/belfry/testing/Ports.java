package io.belfry.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Free ports of 127.0.0.1, below those that the system gives to outgoing connections: a server
/// that is killed and started again still finds its port free.
public final class Ports {
  private static final int LOWEST = 12_000;
  private static final int HIGHEST = 22_000;
  private static final int TRIES = 1000;

  private Ports() {}

  public static int free() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (IOException taken) {
        // The next one, then.
      }
    }
    throw new IllegalStateException("no port is free");
  }
}
