package io.belfry.transport.websocket;

import io.belfry.core.delivery.Deliveries;
import io.belfry.security.Tokens;
import io.belfry.transport.Door;
import io.belfry.web.FrontOrder;
import java.util.List;
import org.eclipse.jetty.server.Handler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/// Puts the WebSocket doors in front of the servlets.
@Configuration(proxyBeanMethods = false)
public class WebSocketConfiguration {
  @Bean
  @Order(FrontOrder.DOORS)
  Handler.Wrapper webSocketDoors(List<Door> doors, Tokens tokens, Deliveries deliveries) {
    return new WebSocketDoors(doors, tokens, deliveries.connections());
  }
}
