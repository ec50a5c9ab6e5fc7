package io.belfry.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.belfry.testing.TestTokens;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringPair;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// MQTT 5 with a session that outlives the connection.
final class MqttLink implements Link {
  private static final int CONNECT_MILLIS = 3000;
  private static final int KEEP_ALIVE_SECONDS = 3;
  private static final int WINDOW = 20;
  private static final int SESSION_SECONDS = 3600;
  private static final byte REFUSED = (byte) 0x80;
  private static final long PATIENCE_MILLIS = 6000;

  private final Socket socket;
  private final Client client;
  private final Inbox<MqttMessage> packets = new Inbox<>();
  private final Deque<MqttPublishMessage> early = new ArrayDeque<>();
  // One for both directions, since it remembers the version; used under the lock.
  private final EmbeddedChannel codec =
      new EmbeddedChannel(new MqttDecoder(1 << 20), MqttEncoder.INSTANCE);
  private final ReentrantLock coding = new ReentrantLock();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread reader;

  private MqttLink(Socket socket, Client client) {
    this.socket = socket;
    this.client = client;
    this.reader = Thread.ofVirtual().start(this::read);
    Thread.ofVirtual().start(this::beat);
  }

  static MqttLink open(Place place, Client client) throws IOException, InterruptedException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(BUFFER_BYTES);
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), place.mqtt()), CONNECT_MILLIS);
    socket.setTcpNoDelay(true);
    MqttLink link = new MqttLink(socket, client);
    try {
      link.connect();
      link.subscribe();
      return link;
    } catch (IOException | InterruptedException | RuntimeException failed) {
      link.close();
      throw failed;
    }
  }

  private void connect() throws IOException, InterruptedException {
    MqttProperties properties = new MqttProperties();
    properties.add(new IntegerProperty(MqttProperties.SESSION_EXPIRY_INTERVAL, SESSION_SECONDS));
    properties.add(new IntegerProperty(MqttProperties.RECEIVE_MAXIMUM, WINDOW));
    send(
        MqttMessageBuilders.connect()
            .protocolVersion(MqttVersion.MQTT_5)
            .clientId(client.device())
            .username(client.user())
            .password(TestTokens.user(client.user()).getBytes(UTF_8))
            .cleanSession(false)
            .keepAlive(KEEP_ALIVE_SECONDS)
            .properties(properties)
            .build());
    MqttConnAckMessage answer = (MqttConnAckMessage) await(MqttMessageType.CONNACK);
    if (answer.variableHeader().connectReturnCode().byteValue() != 0) {
      throw new IOException("CONNACK " + answer.variableHeader().connectReturnCode());
    }
  }

  private void subscribe() throws IOException, InterruptedException {
    var subscribe = MqttMessageBuilders.subscribe().messageId(1);
    for (String destination : client.destinations()) {
      subscribe.addSubscription(
          client.auto() ? MqttQoS.AT_MOST_ONCE : MqttQoS.AT_LEAST_ONCE,
          client.own(destination).substring(1));
    }
    send(subscribe.build());
    var codes =
        ((io.netty.handler.codec.mqtt.MqttSubAckMessage) await(MqttMessageType.SUBACK))
            .payload()
            .reasonCodes();
    if (codes.stream().anyMatch(code -> code > 1)) {
      throw new IOException("SUBACK " + codes);
    }
  }

  private MqttMessage await(MqttMessageType type) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (System.nanoTime() < end) {
      MqttMessage packet = packets.next(100);
      if (packet instanceof MqttPublishMessage publish) {
        early.add(publish);
      } else if (packet != null && packet.fixedHeader().messageType() == type) {
        return packet;
      }
    }
    throw new IOException("no " + type);
  }

  private void send(MqttMessage message) throws IOException {
    coding.lock();
    try {
      codec.writeOutbound(message);
      for (ByteBuf out = codec.readOutbound(); out != null; out = codec.readOutbound()) {
        socket.getOutputStream().write(ByteBufUtil.getBytes(out));
        out.release();
      }
    } finally {
      coding.unlock();
    }
  }

  private void read() {
    byte[] buffer = new byte[8192];
    try {
      InputStream in = socket.getInputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        packets.heard();
        for (MqttMessage packet : decode(buffer, read)) {
          if (packet.fixedHeader().messageType() != MqttMessageType.PINGRESP) {
            packets.put(packet);
          }
        }
      }
    } catch (IOException gone) {
      // Whoever asks for the next message is told.
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
    packets.end();
  }

  private List<MqttMessage> decode(byte[] bytes, int length) throws IOException {
    List<MqttMessage> whole = new ArrayList<>();
    coding.lock();
    try {
      codec.writeInbound(Unpooled.copiedBuffer(bytes, 0, length));
      for (MqttMessage m = codec.readInbound(); m != null; m = codec.readInbound()) {
        if (m.decoderResult().isFailure()) {
          throw new IOException(m.decoderResult().cause());
        }
        whole.add(m);
      }
    } finally {
      coding.unlock();
    }
    return whole;
  }

  @Override
  public @Nullable Received next(long millis) throws IOException, InterruptedException {
    MqttMessage packet = early.isEmpty() ? packets.next(millis) : early.remove();
    if (!(packet instanceof MqttPublishMessage publish)) {
      return null;
    }
    Received received =
        new Received(
            client.full("/" + publish.variableHeader().topicName()),
            Received.number(property(publish, "offset")),
            Received.id(publish.payload().toString(UTF_8)),
            publish.fixedHeader().isDup(),
            Received.number(property(publish, "gap-after")),
            Integer.toString(publish.variableHeader().packetId()));
    publish.release();
    return received;
  }

  private static String property(MqttPublishMessage message, String name) {
    var property = message.variableHeader().properties().getProperty(MqttProperties.USER_PROPERTY);
    if (property instanceof UserProperties pairs) {
      for (StringPair pair : pairs.value()) {
        if (pair.key.equals(name)) {
          return pair.value;
        }
      }
    }
    return "";
  }

  @Override
  public void acknowledge(Received message) throws IOException {
    answer(message, (byte) 0);
  }

  @Override
  public boolean isCumulative() {
    return false;
  }

  @Override
  public boolean canRefuse() {
    return !client.auto();
  }

  @Override
  public void refuse(Received message) throws IOException {
    answer(message, REFUSED);
  }

  private void answer(Received message, byte code) throws IOException {
    send(
        MqttMessageBuilders.pubAck()
            .packetId(Integer.parseInt(message.handle()))
            .reasonCode(code)
            .build());
  }

  @Override
  public boolean leave() throws IOException {
    send(MqttMessageBuilders.disconnect().reasonCode((byte) 0).build());
    return false;
  }

  private void beat() {
    try {
      while (!over.await(1, TimeUnit.SECONDS)) {
        send(MqttMessage.PINGREQ);
      }
    } catch (IOException gone) {
      // Whoever asks for the next message is told.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void vanish() {
    over.countDown();
  }

  @Override
  public void close() {
    over.countDown();
    reader.interrupt();
    try {
      socket.close();
    } catch (IOException already) {
      // Then it is closed.
    }
  }
}
