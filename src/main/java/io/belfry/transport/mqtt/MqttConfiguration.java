package io.belfry.transport.mqtt;

import io.belfry.core.delivery.Deliveries;
import io.belfry.core.log.Store;
import io.belfry.security.PushRate;
import io.belfry.security.Tokens;
import io.belfry.settings.BelfryProperties;
import io.belfry.settings.NodeName;
import io.belfry.transport.Door;
import io.belfry.transport.DoorCounters;
import io.belfry.transport.PlainDoor;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Opens the doors for MQTT: over WebSockets, and on a port of its own.
@Configuration(proxyBeanMethods = false)
public class MqttConfiguration {
  @Bean
  DoorCounters mqttCounters() {
    return new DoorCounters("mqtt");
  }

  @Bean
  MqttNode mqttNode(
      Deliveries deliveries,
      Store store,
      Tokens tokens,
      PushRate pushRate,
      BelfryProperties properties,
      NodeName nodeName,
      DoorCounters mqttCounters) {
    Wills wills = new Wills(store.logs(), properties.retention());
    deliveries.connections().onTakeOver(wills::cameBack);
    int maxBody = Math.toIntExact(properties.limits().body().toBytes());
    return new MqttNode(
        deliveries,
        store.deviceRecords(),
        store.presence(),
        store.logs(),
        tokens,
        pushRate,
        properties.retention(),
        maxBody,
        properties.heartbeat(),
        nodeName.value(),
        InstantSource.system(),
        new MqttCodec(MqttNode.maxPacket(maxBody)),
        wills,
        new Keeping(),
        mqttCounters);
  }

  @Bean
  Door mqttDoor(MqttNode mqttNode) {
    return new MqttDoor(mqttNode);
  }

  @Bean
  PlainDoor plainMqttDoor(MqttNode mqttNode, BelfryProperties properties) {
    return new PlainDoor("mqtt", properties.mqtt(), wire -> new MqttSession(mqttNode, wire, null));
  }
}
