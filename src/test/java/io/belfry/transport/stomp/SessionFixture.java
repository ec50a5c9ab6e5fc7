package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.delivery.Deliveries;
import io.belfry.core.delivery.DeliverySettings;
import io.belfry.core.log.Appended;
import io.belfry.core.log.Destination;
import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.security.Caller;
import io.belfry.security.PushRate;
import io.belfry.transport.Packet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// What tests of a session have in common: a node whose store is in memory and whose clocks a test
/// holds in its hand, and clients of it.
abstract class SessionFixture {
  static final int MAX_BODY = 2048;
  static final Duration HEARTBEAT = Duration.ofSeconds(10);
  static final String INBOX = "/user/queue/notifications";
  static final Destination ALICE = new Destination.Queue("alice", "notifications");

  final InMemoryStore store = new InMemoryStore();
  final HeldLogs logs = new HeldLogs(store);
  final AtomicLong nanos = new AtomicLong(1);
  final AtomicLong seconds = new AtomicLong(1_000_000);
  final Deliveries deliveries = new Deliveries(store, settings(), InstantSource.system());
  private final List<StompSession> sessions = new ArrayList<>();
  final StompCounters counters = new StompCounters();
  final StompNode node =
      new StompNode(
          deliveries,
          logs,
          new FakeTokens(),
          new PushRate(pushRate()),
          Retention.defaults(),
          MAX_BODY,
          HEARTBEAT,
          "test-node",
          "Belfry/test",
          () -> Instant.ofEpochSecond(seconds.get()),
          nanos::get,
          counters);

  DeliverySettings settings() {
    return new DeliverySettings(4, Duration.ofSeconds(30), 3, 32, 3, 100, Duration.ofDays(30));
  }

  @Nullable Integer pushRate() {
    return null;
  }

  @AfterEach
  void close() {
    deliveries.close();
  }

  long push(String text) {
    return push(text, Map.of());
  }

  long push(String text, Map<String, String> headers) {
    return push(text.getBytes(StandardCharsets.UTF_8), headers);
  }

  long push(byte[] body, Map<String, String> headers) {
    Appended appended = store.append(Push.of(ALICE, headers, body, Retention.defaults())).join();
    Long offset = ((Appended.Fresh) appended).receipt().offset();
    return offset == null ? 0 : offset;
  }

  /// Lets this time go by, as the sessions see it.
  void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    sessions.forEach(StompSession::tick);
  }

  Client stranger() {
    return new Client(new Arrival(null, null));
  }

  Client stranger(@Nullable Caller caller, @Nullable StompVersion version) {
    return new Client(new Arrival(caller, version));
  }

  /// A client that is connected as `token` says, with 1.2.
  Client connected(String token, String... headers) {
    Client client = stranger();
    client.send(
        "CONNECT\naccept-version:1.2\npasscode:"
            + token
            + "\n"
            + String.join("", Arrays.stream(headers).map(h -> h + "\n").toList())
            + "\n");
    assertThat(client.next().command()).isEqualTo("CONNECTED");
    client.awaitReading();
    return client;
  }

  Client alice() {
    return connected("alice", "device:phone");
  }

  /// Alice's phone, with an older version.
  Client older(String version) {
    Client alice = stranger();
    alice.send("CONNECT\naccept-version:" + version + "\ndevice:phone\npasscode:alice\n\n");
    assertThat(alice.next().header("version")).isEqualTo(version);
    return alice;
  }

  /// One client of the node.
  final class Client {
    final FakeWire wire = new FakeWire();
    final StompSession session;
    private int stops;

    private Client(Arrival arrival) {
      session = new StompSession(node, wire, arrival);
      session.opened();
      sessions.add(session);
    }

    /// Sends a frame; its NUL is added.
    ///
    /// @return whether the session wants to read on
    boolean send(String frame) {
      return sendBytes((frame + '\0').getBytes(StandardCharsets.UTF_8), true);
    }

    /// Waits, as a wire does, where the session did not want to read on.
    boolean sendBytes(byte[] bytes, boolean text) {
      awaitReading();
      boolean more = session.received(bytes, text);
      stops += more ? 0 : 1;
      return more;
    }

    /// Waits until the session reads on wherever it stopped.
    void awaitReading() {
      await()
          .with()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> wire.readOns.get() >= stops);
    }

    ServerFrame next() {
      return parse(wire.next());
    }

    ServerFrame next(String command) {
      return parse(
          wire.next(packet ->
              packet instanceof Packet.Data data
                  && ServerFrame.parse(data.bytes(), true).command().equals(command)));
    }

    private static ServerFrame parse(Packet packet) {
      if (packet instanceof Packet.Data data) {
        return ServerFrame.parse(data.bytes(), data.text());
      }
      throw new AssertionError("not a frame but " + packet);
    }

    Packet.GoodBye goodBye() {
      return (Packet.GoodBye) wire.next(Packet.GoodBye.class::isInstance);
    }

    /// Subscribes to the inbox and waits until the start is fixed.
    void subscribe(String id, String... headers) {
      StringBuilder frame = new StringBuilder("SUBSCRIBE\nid:" + id + "\nreceipt:s-" + id + "\n");
      boolean named = false;
      for (String header : headers) {
        frame.append(header).append('\n');
        named |= header.startsWith("destination:");
      }
      frame.append(named ? "\n" : "destination:" + INBOX + "\n\n");
      send(frame.toString());
      assertThat(next().header("receipt-id")).isEqualTo("s-" + id);
    }

    /// Expects an `ERROR` and the close that repeats its code.
    ServerFrame error(int code) {
      ServerFrame error = next("ERROR");
      assertThat(error.header("code")).as(error.toString()).isEqualTo(Integer.toString(code));
      assertThat(goodBye().code()).isEqualTo(code);
      return error;
    }
  }
}
