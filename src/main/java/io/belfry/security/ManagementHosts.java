package io.belfry.security;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

/// Puts the hosts of demo mode in front of a `management.server.port` of its own, too: it is a
/// server beside ours, in a context that finds this by `META-INF/spring`.
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
class ManagementHosts {
  @Bean
  @ConditionalOnAuthMode(AuthMode.DEMO)
  WebServerFactoryCustomizer<JettyServletWebServerFactory> managementHosts() {
    return factory ->
        factory.addServerCustomizers(server -> {
          HostHandler hosts = new HostHandler();
          hosts.setHandler(server.getHandler());
          server.setHandler(hosts);
        });
  }
}
