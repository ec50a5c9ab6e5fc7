package io.belfry.push;

import io.belfry.core.log.Store;
import io.belfry.security.PushRate;
import io.belfry.security.Tokens;
import io.belfry.settings.BelfryProperties;
import io.belfry.web.FrontOrder;
import java.time.Duration;
import org.eclipse.jetty.server.Handler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/// Opens the door for pushes.
@Configuration(proxyBeanMethods = false)
public class PushConfiguration {
  private static final Duration BODY_PATIENCE = Duration.ofSeconds(30);
  private static final Duration STORE_PATIENCE = Duration.ofSeconds(4);

  @Bean
  PushCounters pushCounters() {
    return new PushCounters();
  }

  @Bean
  @Order(FrontOrder.DOORS)
  Handler.Wrapper pushDoor(
      Store store,
      Tokens tokens,
      PushRate rate,
      PushCounters counters,
      BelfryProperties properties) {
    Appender appender = new Appender(store.logs(), properties.retention(), rate, counters);
    long maxBody = properties.limits().body().toBytes();
    return new PushDoor(
        tokens,
        new SinglePush(appender, maxBody, BODY_PATIENCE),
        new BatchPush(appender, maxBody, BODY_PATIENCE, STORE_PATIENCE),
        appender);
  }
}
