package io.belfry.transport.stomp;

import io.belfry.core.delivery.Deliveries;
import io.belfry.core.log.Store;
import io.belfry.security.PushRate;
import io.belfry.security.Tokens;
import io.belfry.settings.BelfryProperties;
import io.belfry.settings.NodeName;
import io.belfry.transport.Door;
import io.belfry.transport.PlainDoor;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Opens the doors for STOMP: over WebSockets, and on a port of its own.
@Configuration(proxyBeanMethods = false)
public class StompConfiguration {
  @Bean
  StompCounters stompCounters() {
    return new StompCounters();
  }

  @Bean
  StompNode stompNode(
      Deliveries deliveries,
      Store store,
      Tokens tokens,
      PushRate pushRate,
      BelfryProperties properties,
      NodeName nodeName,
      StompCounters counters) {
    return new StompNode(
        deliveries,
        store.logs(),
        tokens,
        pushRate,
        properties.retention(),
        Math.toIntExact(properties.limits().body().toBytes()),
        properties.heartbeat(),
        nodeName.value(),
        "Belfry/" + version(),
        InstantSource.system(),
        System::nanoTime,
        counters);
  }

  @Bean
  Door stompDoor(StompNode stompNode) {
    return new StompDoor(stompNode);
  }

  @Bean
  PlainDoor plainStompDoor(StompNode stompNode, BelfryProperties properties) {
    return new PlainDoor(
        "stomp",
        properties.stomp(),
        wire -> new StompSession(stompNode, wire, new Arrival(null, null)));
  }

  private static String version() {
    String version = StompConfiguration.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
