package io.belfry.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.TestNode;
import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.Connection;
import io.belfry.core.delivery.Deliveries;
import io.belfry.core.delivery.Delivery;
import io.belfry.core.delivery.Subscription;
import io.belfry.core.log.Session;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainIT {
  @TempDir Path data;

  /// What a client sees when it is sent away.
  private record Seen(CloseReason reason, int readiness, int liveness, int push) {}

  @Test
  void aNodeThatGoesIsNotReadyAndStillAnswersWhileItsClientsAreHandedOver() {
    TestNode node = TestNode.start(data, "belfry.drain=20s");
    assertThat(status(node, "/actuator/health/readiness")).isEqualTo(200);
    LastClient client = new LastClient(node);
    node.bean(Deliveries.class).connections().open(client, true);

    node.close();

    assertThat(client.seen).isCompletedWithValue(new Seen(CloseReason.GOING, 503, 200, 201));
  }

  private static int status(TestNode node, String path) {
    return node.asNobody().get(path).status();
  }

  private record LastClient(TestNode node, CompletableFuture<Seen> seen) implements Connection {
    LastClient(TestNode node) {
      this(node, new CompletableFuture<>());
    }

    @Override
    public Session session() {
      return new Session("1", "ann", "", "fake", "here", Instant.EPOCH);
    }

    @Override
    public void close(CloseReason reason) {
      Deliveries deliveries = node.bean(Deliveries.class);
      String token = node.token("service", "push");
      Thread.startVirtualThread(() -> {
        seen.complete(
            new Seen(
                reason,
                status(node, "/actuator/health/readiness"),
                status(node, "/actuator/health/liveness"),
                node.asNobody()
                    .header("Authorization", "Bearer " + token)
                    .post("/topic/late", "x")
                    .status()));
        deliveries.connections().closed(this);
      });
    }

    @Override
    public boolean send(Subscription to, List<Delivery> batch) {
      return true;
    }

    @Override
    public long takingNanos() {
      return 0;
    }

    @Override
    public void tick() {}
  }
}
