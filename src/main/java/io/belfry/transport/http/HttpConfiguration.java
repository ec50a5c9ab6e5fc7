package io.belfry.transport.http;

import io.belfry.core.delivery.Deliveries;
import io.belfry.security.Tokens;
import io.belfry.settings.BelfryProperties;
import io.belfry.settings.NodeName;
import io.belfry.transport.DoorCounters;
import io.belfry.web.FrontOrder;
import java.time.InstantSource;
import org.eclipse.jetty.server.Handler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;

/// Opens the door for server-sent events, and the addresses that are read and acknowledged at.
@Configuration(proxyBeanMethods = false)
@Import({AckController.class, EntryController.class, ReadController.class})
public class HttpConfiguration {
  @Bean
  DoorCounters eventCounters() {
    return new DoorCounters("sse");
  }

  @Bean
  @Order(FrontOrder.DOORS)
  Handler.Wrapper eventDoor(
      Deliveries deliveries,
      Tokens tokens,
      BelfryProperties properties,
      NodeName nodeName,
      DoorCounters eventCounters) {
    return new EventDoor(
        new EventNode(
            deliveries,
            properties.heartbeat(),
            nodeName.value(),
            InstantSource.system(),
            eventCounters),
        tokens);
  }
}
