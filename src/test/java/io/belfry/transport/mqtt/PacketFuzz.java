package io.belfry.transport.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.belfry.core.log.InvalidInputException;
import io.belfry.testing.Chunks;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Any bytes are packets or an [MqttException]: of the reader, of the codec, or of the rules that
/// look at the same bytes once more.
class PacketFuzz {
  private static final int MAX_BYTES = 2048;
  private static final int MAX_HEAD = 5;

  private final MqttCodec codec = new MqttCodec(MAX_BYTES);

  /// What came of some bytes.
  private record Outcome(List<String> packets, @Nullable String failure) {}

  @FuzzTest
  void saysWhatIsNoPacket(byte[] bytes) {
    List<byte[]> packets = new ArrayList<>();
    Outcome whole = read(List.of(bytes.clone()), packets);
    for (List<byte[]> chunks : Chunks.of(bytes)) {
      assertThat(read(chunks, new ArrayList<>())).isEqualTo(whole);
    }
    byte[] taken = joined(packets);
    assertThat(Arrays.copyOf(bytes, taken.length)).isEqualTo(taken);
    for (byte[] packet : packets) {
      assertThat(packet.length).isLessThanOrEqualTo(MAX_BYTES + MAX_HEAD);
      understand(packet, MqttVersion.MQTT_3_1_1);
      understand(packet, MqttVersion.MQTT_5);
    }
  }

  private static Outcome read(List<byte[]> chunks, List<byte[]> into) {
    PacketReader reader = new PacketReader(MAX_BYTES);
    String failure = null;
    try {
      for (byte[] chunk : chunks) {
        reader.feed(chunk, false);
        byte[] packet = reader.next();
        while (packet != null) {
          into.add(packet);
          packet = reader.next();
        }
      }
    } catch (MqttException broken) {
      failure = broken.code() + " " + broken.sentence();
    }
    return new Outcome(into.stream().map(Arrays::toString).toList(), failure);
  }

  private static byte[] joined(List<byte[]> packets) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    packets.forEach(all::writeBytes);
    return all.toByteArray();
  }

  // As the session does it, up to where somebody has to be known.
  private void understand(byte[] packet, MqttVersion version) {
    try {
      MqttMessage message = codec.decode(packet, version);
      boolean is5 =
          message instanceof MqttConnectMessage connect
              ? connect.variableHeader().version() == MqttVersion.MQTT_5.protocolLevel()
              : version == MqttVersion.MQTT_5;
      PacketRules.check(packet, message, is5);
      translate(message);
    } catch (MqttException | InvalidInputException said) {
      assertThat(said.getMessage()).isNotBlank();
    }
  }

  private static void translate(MqttMessage message) {
    switch (message) {
      case MqttPublishMessage publish -> {
        var headers = new Properties(publish.variableHeader().properties()).pushHeaders();
        assertThat(headers).doesNotContainKey(null).doesNotContainValue(null);
        var destination = Topics.ofService(publish.variableHeader().topicName());
        assertThat(Topics.ofService(destination.encodedPath().substring(1))).isEqualTo(destination);
      }
      case MqttSubscribeMessage subscribe ->
          subscribe
              .payload()
              .topicSubscriptions()
              .forEach(each -> subscribable(each.topicFilter()));
      case MqttUnsubscribeMessage unsubscribe ->
          unsubscribe.payload().topics().forEach(PacketFuzz::subscribable);
      default -> {}
    }
  }

  private static void subscribable(String filter) {
    var destination = Topics.ofFilter(filter, "alice");
    assertThat(destination.subscriberPath()).isEqualTo("/" + filter);
  }
}
