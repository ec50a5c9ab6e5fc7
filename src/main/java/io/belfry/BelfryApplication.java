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
import org.springframework.boot.jetty.autoconfigure.metrics.JettyMetricsAutoConfiguration;
import org.springframework.context.annotation.Import;

/// One node of Belfry; or, where the first argument says so, a command.
///
/// Nothing is scanned, which would read every class at every start: what a package brings is in its
/// configuration, and a test says when that leaves something out. Of Spring Boot's own, what counts
/// Jetty's connections is left out: it holds something for each of them, and keeps for good what is
/// closed before it was told that it is open. Belfry counts its own.
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = JettyMetricsAutoConfiguration.class)
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
    OutOfMemory.endsTheProcess();
    FreeHeap.keep();
    SpringApplication.run(BelfryApplication.class, args);
  }
}
