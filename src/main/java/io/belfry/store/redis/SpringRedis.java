package io.belfry.store.redis;

import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/// The connection factory that Spring Boot makes of `spring.data.redis.*`, in a small context of
/// its own: the `token` command has no other, and the application's would stop it before the store
/// has written its last cursors.
final class SpringRedis implements AutoCloseable {
  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();

  private SpringRedis(Environment environment) {
    context.setEnvironment((ConfigurableEnvironment) environment);
    context.register(SslAutoConfiguration.class, DataRedisAutoConfiguration.class);
    context.registerBean(ClientResourcesBuilderCustomizer.class, ClientSettings::new);
    context.refresh();
  }

  /// Does not connect.
  static SpringRedis of(Environment environment) {
    return new SpringRedis(environment);
  }

  LettuceConnectionFactory factory() {
    return context.getBean(LettuceConnectionFactory.class);
  }

  @Override
  public void close() {
    context.close();
  }
}
