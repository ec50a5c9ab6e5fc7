package io.belfry.transport.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.netty.util.AttributeKey;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/// Netty's MQTT codec, for one whole packet at a time. A packet that is whole leaves nothing behind
/// in the codec, so a few channels serve all clients, and a client that is idle costs none.
///
/// Safe for use by many threads.
final class MqttCodec {
  // Where Netty keeps which version a channel speaks; it has no accessor.
  private static final AttributeKey<MqttVersion> VERSION =
      AttributeKey.valueOf("NETTY_CODEC_MQTT_VERSION");
  private static final int IDLE_CHANNELS = 16;
  private static final int MAX_CLIENT_ID = 65_535;

  private final int maxBytes;
  private final BlockingQueue<EmbeddedChannel> idle = new ArrayBlockingQueue<>(IDLE_CHANNELS);

  /// @param maxBytes of a packet, its fixed header included
  MqttCodec(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// What this packet says. A PUBLISH keeps the packet's bytes.
  ///
  /// @param version that is spoken; null before CONNECT has said it
  /// @throws MqttException where it is no packet
  MqttMessage decode(byte[] packet, @Nullable MqttVersion version) {
    EmbeddedChannel channel = take(version == null ? MqttVersion.MQTT_3_1_1 : version);
    channel.writeInbound(Unpooled.wrappedBuffer(packet));
    MqttMessage message = channel.readInbound();
    if (message == null || message.decoderResult().isFailure()) {
      // It discards everything from now on.
      channel.finishAndReleaseAll();
      throw MqttException.malformed(message == null ? null : message.decoderResult().cause());
    }
    giveBack(channel);
    return message;
  }

  /// The bytes of this packet.
  byte[] encode(MqttMessage message, MqttVersion version) {
    EmbeddedChannel channel = take(version);
    channel.writeOutbound(message);
    ByteBuf bytes = channel.readOutbound();
    giveBack(channel);
    if (bytes == null) {
      throw new IllegalStateException("Netty encodes no " + message.fixedHeader().messageType());
    }
    try {
      return ByteBufUtil.getBytes(bytes, bytes.readerIndex(), bytes.readableBytes(), false);
    } finally {
      bytes.release();
    }
  }

  private EmbeddedChannel take(MqttVersion version) {
    EmbeddedChannel channel = idle.poll();
    if (channel == null) {
      channel = new EmbeddedChannel(new MqttDecoder(maxBytes, MAX_CLIENT_ID), MqttEncoder.INSTANCE);
      channel.config().setAllocator(UnpooledByteBufAllocator.DEFAULT);
    }
    channel.attr(VERSION).set(version);
    return channel;
  }

  private void giveBack(EmbeddedChannel channel) {
    if (!idle.offer(channel)) {
      channel.finishAndReleaseAll();
    }
  }
}
