package io.belfry.store.redis;

import io.belfry.settings.InvalidSettingException;
import io.belfry.settings.MalformedSetting;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.bind.BindException;
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
  private static final String SETTINGS = "spring.data.redis.";
  private static final String URL = SETTINGS + "url";

  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();

  private SpringRedis(Environment environment) {
    context.setEnvironment((ConfigurableEnvironment) environment);
    context.register(SslAutoConfiguration.class, DataRedisAutoConfiguration.class);
    context.registerBean(ClientResourcesBuilderCustomizer.class, ClientSettings::new);
    try {
      context.refresh();
    } catch (BeansException unusable) {
      throw refused(unusable, environment.getProperty(URL));
    }
  }

  /// Does not connect.
  ///
  /// @throws InvalidSettingException where no factory can be made of the settings
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

  // What is said of a URL that is none has it in it, and so a password: that is not passed on.
  private static RuntimeException refused(BeansException unusable, @Nullable String url) {
    for (Throwable cause = unusable; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException malformed) {
        return MalformedSetting.of(malformed);
      }
    }
    return url == null || isOfRedis(url)
        ? new InvalidSettingException(
            SETTINGS + "*",
            SETTINGS + "* cannot be taken: " + Failures.innermost(unusable) + ".",
            "Change " + SETTINGS + "*, as Spring Boot describes it.")
        : new InvalidSettingException(
            URL,
            URL + " is no URL of a Redis.",
            "Write it as redis://user:secret@host:6379, or rediss:// for TLS; what is neither a"
                + " letter nor a digit in the password is percent-encoded.");
  }

  private static boolean isOfRedis(String url) {
    try {
      URI uri = new URI(url);
      return url.matches("rediss?:.*")
          && uri.getHost() != null
          && uri.getPath().matches("(/\\d*)?");
    } catch (URISyntaxException malformed) {
      return false;
    }
  }
}
