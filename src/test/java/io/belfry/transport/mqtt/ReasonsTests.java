package io.belfry.transport.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.delivery.CloseReason;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReasonsTests {
  private final MqttCodec codec = new MqttCodec(1024);

  @ParameterizedTest
  @EnumSource
  void whoeverIsSentAwayWhileItIsLetInIsToldWhy(CloseReason reason) {
    int code = Reasons.inConnAck(Reasons.of(reason));

    for (MqttVersion version : new MqttVersion[] {MqttVersion.MQTT_3_1_1, MqttVersion.MQTT_5}) {
      byte[] packet = new ServerPackets(codec, version).refusal(code, "Go.", 1024).bytes();
      MqttConnAckMessage read = (MqttConnAckMessage) codec.decode(packet, version);
      boolean isSaid = version == MqttVersion.MQTT_5 || Reasons.returnCode(code) != Reasons.SUCCESS;
      assertThat(read.variableHeader().connectReturnCode().byteValue() != 0).isEqualTo(isSaid);
    }
  }
}
