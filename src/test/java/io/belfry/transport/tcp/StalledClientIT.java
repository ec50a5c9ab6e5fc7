package io.belfry.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.Answer;
import io.belfry.RawConnection;
import io.belfry.TestNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A client with two subscriptions that reads nothing for a while.
@Timeout(120)
class StalledClientIT {
  // More than a system keeps for a socket.
  private static final int LARGE = 250;
  private static final String LARGE_BODY = "x".repeat(60_000);

  @TempDir static Path data;
  static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(data, "belfry.stomp.port=0");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void whatIsRetractedBeforeItReadsOnDoesNotCome() {
    try (RawConnection stalled = connect("phone");
        RawConnection other = connect("laptop")) {
      subscribe(stalled, "large");
      subscribe(stalled, "small");
      subscribe(other, "small");
      for (int i = 0; i < LARGE; i++) {
        push("large", LARGE_BODY);
      }

      String place = push("small", "retracted");
      assertThat(other.until(0)).endsWith("retracted");
      assertThat(node.as("service", "push").delete(place).status()).isEqualTo(204);
      push("small", "kept");

      assertThat(nextSmall(stalled)).endsWith("kept");
    }
  }

  private static String nextSmall(RawConnection client) {
    while (true) {
      String frame = client.until(0);
      if (frame.contains("destination:/user/queue/small\n")) {
        return frame;
      }
    }
  }

  private static RawConnection connect(String device) {
    RawConnection client = TestNode.connect(node.bean(TcpDoors.class).port("stomp"));
    client.write(
        "CONNECT\naccept-version:1.2\nhost:h\ndevice:"
            + device
            + "\nAuthorization:Bearer "
            + node.token("ann", "")
            + "\n\n\0");
    assertThat(client.until(0)).startsWith("CONNECTED\n");
    return client;
  }

  private static void subscribe(RawConnection client, String queue) {
    client.write(
        "SUBSCRIBE\nid:" + queue + "\ndestination:/user/queue/" + queue + "\nreceipt:r\n\n\0");
    assertThat(client.until(0)).contains("receipt-id:r");
  }

  private static String push(String queue, String body) {
    Answer answer = node.as("service", "push").post("/user/ann/queue/" + queue, body);
    assertThat(answer.status()).isEqualTo(201);
    return answer.header("Location");
  }
}
