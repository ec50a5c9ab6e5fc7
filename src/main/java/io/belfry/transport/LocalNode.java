package io.belfry.transport;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.Deliveries;
import java.time.InstantSource;

/// What all sessions of this node share, whatever they speak.
public interface LocalNode {
  /// Where they subscribe and are counted.
  Deliveries deliveries();

  /// For what expires.
  InstantSource clock();

  /// For what is due; of no meaning but in differences.
  default long nanoTime() {
    return System.nanoTime();
  }

  /// Counts a connection that ended for this reason.
  void countClose(CloseReason reason);
}
