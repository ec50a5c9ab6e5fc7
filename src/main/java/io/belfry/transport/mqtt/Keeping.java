package io.belfry.transport.mqtt;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// What is being kept of clients that are gone from this node: one that is back at once finds it.
final class Keeping {
  private record Client(String user, String device) {}

  private final Map<Client, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

  /// Does it on a thread of its own, after what is under way for this client. Does not block.
  void begin(String user, String device, Runnable keep) {
    Client client = new Client(user, device);
    CompletableFuture<Void> kept = new CompletableFuture<>();
    CompletableFuture<Void> before = underWay.put(client, kept);
    Thread.ofVirtual()
        .name("belfry-mqtt-keep")
        .start(() -> {
          try {
            if (before != null) {
              before.join();
            }
            keep.run();
          } finally {
            underWay.remove(client, kept);
            kept.complete(null);
          }
        });
  }

  /// Returns once nothing is under way for this client. Blocks.
  void await(String user, String device) {
    CompletableFuture<Void> kept = underWay.get(new Client(user, device));
    if (kept != null) {
      kept.join();
    }
  }
}
