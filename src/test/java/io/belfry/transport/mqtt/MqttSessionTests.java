package io.belfry.transport.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.Deliveries;
import io.belfry.core.delivery.DeliverySettings;
import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.Retention;
import io.belfry.security.Caller;
import io.belfry.security.PushRate;
import io.belfry.transport.DoorCounters;
import io.belfry.transport.Packet;
import io.belfry.transport.Wire;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What ends in the moment in which something else begins.
class MqttSessionTests {
  private static final int MAX_BODY = 2048;

  private final InMemoryStore store = new InMemoryStore();
  private final Deliveries deliveries =
      new Deliveries(store, DeliverySettings.defaults(), InstantSource.system());
  private final MqttCodec codec = new MqttCodec(MqttNode.maxPacket(MAX_BODY));
  private final Keeping keeping = new Keeping();
  private volatile Runnable whenVerifying = () -> {};
  private final MqttNode node =
      new MqttNode(
          deliveries,
          store.deviceRecords(),
          store.presence(),
          store,
          token -> {
            whenVerifying.run();
            return new Caller(token, true, false, Instant.MAX);
          },
          new PushRate(null),
          Retention.defaults(),
          MAX_BODY,
          Duration.ofSeconds(10),
          "test-node",
          InstantSource.system(),
          codec,
          new Wills(store, Retention.defaults()),
          keeping,
          new DoorCounters("mqtt"));

  @AfterEach
  void close() {
    deliveries.close();
  }

  @Test
  void whoHangsUpWhileItIsLetInDoesNotCountThoughTheStoreGoesAwayThen() {
    Client client = new Client();
    whenVerifying =
        () -> {
          client.session.ended();
          store.away = true;
        };
    client.connect();
    client.awaitReading();

    assertThat(deliveries.connections().count()).isZero();
    assertThat(store.presence().of("alice")).isEmpty();
  }

  @Test
  void whoIsSentAwayWhileItIsLetInCountsUntilItHangsUpAndIsNotInPresence() {
    Client client = new Client();
    whenVerifying = () -> client.session.close(CloseReason.GOING);
    client.connect();
    client.awaitReading();

    assertThat(store.presence().of("alice")).isEmpty();
    assertThat(deliveries.connections().count()).isEqualTo(1);
    client.session.ended();
    assertThat(deliveries.connections().count()).isZero();
  }

  @Test
  void aSessionThatEndsWithItsConnackKeepsItsSubscriptions() {
    Client first = new Client();
    first.connect();
    first.subscribe("user/queue/one");
    first.session.ended();

    Client second = new Client();
    second.hangsUpAt = MqttMessageType.CONNACK;
    second.connect();
    second.awaitReading();

    assertThat(subscribed()).containsExactly("user/queue/one");
  }

  @Test
  void whoIsBackAtOnceIsLetInOnceItsSessionIsKept() {
    Client first = new Client();
    first.connect();
    first.awaitReading();
    CompletableFuture<Void> mayKeep = new CompletableFuture<>();
    keeping.begin("alice", "phone", mayKeep::join);

    Client second = new Client();
    second.connect();
    await().pollDelay(Duration.ofMillis(300)).until(() -> true);
    assertThat(second.isLetIn).isFalse();
    mayKeep.complete(null);
    second.awaitReading();

    assertThat(second.isLetIn).isTrue();
  }

  @Test
  void whatIsKeptOfAClientIsKeptInOrder() {
    CompletableFuture<Void> mayKeep = new CompletableFuture<>();
    List<String> kept = new CopyOnWriteArrayList<>();
    keeping.begin(
        "alice",
        "phone",
        () -> {
          mayKeep.join();
          kept.add("first");
        });
    keeping.begin("alice", "phone", () -> kept.add("second"));
    await().pollDelay(Duration.ofMillis(300)).until(() -> true);
    mayKeep.complete(null);
    keeping.await("alice", "phone");

    assertThat(kept).containsExactly("first", "second");
  }

  @Test
  void whatIsSubscribedToWhileANodeHandsItsClientsOverIsKept() {
    Client client = new Client();
    client.connect();
    client.subscribe("user/queue/one");
    await().until(client.session::quiesce);
    client.subscribe("user/queue/two");
    client.session.close(CloseReason.GOING);

    assertThat(subscribed()).containsExactlyInAnyOrder("user/queue/one", "user/queue/two");
  }

  @Test
  void whatIsBeingAppendedAtQos2WhenItsConnectionEndsIsKnownToTheNextOne() {
    CompletableFuture<?> appending = new CompletableFuture<>();
    store.mayAppend = appending;
    Client client = new Client(MqttVersion.MQTT_3_1_1);
    client.connect();
    client.awaitReading();
    client.publish(7);
    client.session.ended();
    appending.complete(null);

    assertThat(kept().unreleased()).containsExactly(7);
  }

  private List<String> subscribed() {
    return kept().subscriptions().stream().map(SavedSession.Saved::topic).toList();
  }

  private SavedSession kept() {
    keeping.await("alice", "phone");
    byte[] record = Objects.requireNonNull(store.deviceRecords().get("alice", "phone"));
    return SavedSession.decoded(record);
  }

  /// Alice's phone.
  private final class Client implements Wire {
    private final MqttVersion version;
    private final MqttSession session = new MqttSession(node, this, null);
    private final AtomicInteger readOns = new AtomicInteger();
    private int stops;
    private @Nullable MqttMessageType hangsUpAt;
    private volatile boolean isLetIn;

    Client() {
      this(MqttVersion.MQTT_5);
    }

    Client(MqttVersion version) {
      this.version = version;
      session.opened();
    }

    void connect() {
      MqttProperties properties = new MqttProperties();
      properties.add(
          new MqttProperties.IntegerProperty(MqttProperties.SESSION_EXPIRY_INTERVAL, 3600));
      send(
          MqttMessageBuilders.connect()
              .protocolVersion(version)
              .clientId("phone")
              .cleanSession(false)
              .username("alice")
              .password("alice".getBytes(UTF_8))
              .properties(properties)
              .build());
    }

    void subscribe(String topic) {
      awaitReading();
      send(
          MqttMessageBuilders.subscribe()
              .messageId(1)
              .addSubscription(MqttQoS.AT_LEAST_ONCE, topic)
              .build());
      awaitReading();
    }

    void publish(int id) {
      send(
          MqttMessageBuilders.publish()
              .messageId(id)
              .qos(MqttQoS.EXACTLY_ONCE)
              .topicName("topic/news")
              .payload(Unpooled.EMPTY_BUFFER)
              .build());
    }

    private void send(MqttMessage message) {
      stops += session.received(codec.encode(message, version), false) ? 0 : 1;
    }

    /// Waits until what was sent is handled.
    void awaitReading() {
      await().atMost(Duration.ofSeconds(20)).until(() -> readOns.get() >= stops);
    }

    @Override
    public void write(List<Packet> frames, Consumer<@Nullable Throwable> done) {
      int type = type(frames.getFirst());
      if (type == MqttMessageType.CONNACK.value()) {
        isLetIn = true;
      }
      if (hangsUpAt != null && type == hangsUpAt.value()) {
        done.accept(new IOException("hung up"));
        session.ended();
      } else {
        done.accept(null);
      }
    }

    private static int type(Packet packet) {
      return packet instanceof Packet.Data data ? (data.bytes()[0] & 0xFF) >> 4 : 0;
    }

    @Override
    public boolean answersPings() {
      return false;
    }

    @Override
    public void ping() {}

    @Override
    public void readOn() {
      readOns.incrementAndGet();
    }

    @Override
    public void cut() {}
  }
}
