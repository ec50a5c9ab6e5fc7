package io.belfry.transport.tcp;

import io.belfry.transport.PlainDoor;
import java.util.List;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/// Opens the ports of the plain doors, beside that of HTTP.
@Configuration(proxyBeanMethods = false)
public class TcpConfiguration {
  @Bean
  TcpDoors tcpDoors(List<PlainDoor> doors, SslBundles bundles, ServerProperties properties) {
    // In demo mode that is 127.0.0.1, as for HTTP.
    return new TcpDoors(doors, bundles, properties.getAddress());
  }

  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  WebServerFactoryCustomizer<JettyServletWebServerFactory> tcpConnectors(TcpDoors doors) {
    return factory -> factory.addServerCustomizers(doors::addTo);
  }
}
