package io.belfry;

import io.belfry.operations.Commands;
import io.belfry.operations.OperationsConfiguration;
import io.belfry.push.PushConfiguration;
import io.belfry.security.SecurityConfiguration;
import io.belfry.settings.SettingsConfiguration;
import io.belfry.store.embedded.EmbeddedStoreConfiguration;
import io.belfry.store.redis.RedisStoreConfiguration;
import io.belfry.transport.http.HttpConfiguration;
import io.belfry.transport.mqtt.MqttConfiguration;
import io.belfry.transport.stomp.StompConfiguration;
import io.belfry.transport.tcp.TcpConfiguration;
import io.belfry.transport.websocket.WebSocketConfiguration;
import io.belfry.web.WebConfiguration;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/// One node of Belfry; or, where the first argument says so, a command.
///
/// Nothing is scanned, which would read every class at every start: what a package brings is in its
/// configuration, and a test says when that leaves something out.
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({
  SettingsConfiguration.class,
  WebConfiguration.class,
  SecurityConfiguration.class,
  EmbeddedStoreConfiguration.class,
  RedisStoreConfiguration.class,
  PushConfiguration.class,
  HttpConfiguration.class,
  MqttConfiguration.class,
  StompConfiguration.class,
  TcpConfiguration.class,
  WebSocketConfiguration.class,
  OperationsConfiguration.class
})
public class BelfryApplication {
  static void main(String[] args) {
    Commands.run(List.of(args), System.out, System.err)
        .ifPresentOrElse(System::exit, () -> runNode(args));
  }

  private static void runNode(String[] args) {
    // Jetty would make the platform's MBean server to ask it, which nothing else here needs.
    System.getProperties().putIfAbsent("org.eclipse.jetty.util.referencesPerCacheLine", "16");
    FreeHeap.keep();
    SpringApplication.run(BelfryApplication.class, args);
  }
}
