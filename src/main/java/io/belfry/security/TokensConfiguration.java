package io.belfry.security;

import com.nimbusds.jose.JWSAlgorithm;
import io.belfry.settings.BelfryProperties;
import io.belfry.settings.DemoSecrets;
import io.belfry.web.FrontOrder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.jetty.server.Handler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.JwkSetUriJwtDecoderBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.SupplierJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.util.function.SingletonSupplier;

/// How tokens are checked, and who is let in front of that: hosts and origins. With keys, the
/// decoder is Spring Boot's own.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BelfryProperties.class)
class TokensConfiguration {
  private static final String JWT = "spring.security.oauth2.resourceserver.jwt.";

  @Bean
  Tokens tokens(
      JwtDecoder decoder, ObjectProvider<JwtAuthenticationConverter> converter, Environment env) {
    return new JwtTokens(
        decoder,
        converter.getIfAvailable(JwtAuthenticationConverter::new),
        env.getProperty(JWT + "principal-claim-name", JwtClaimNames.SUB),
        env.getProperty(JWT + "authority-prefix", "SCOPE_"),
        Clock.systemUTC());
  }

  @Bean
  @ConditionalOnAuthMode(AuthMode.SECRET)
  JwtDecoder secretDecoder(Environment environment) {
    return decoder(environment.getRequiredProperty(AuthMode.SECRET_KEY));
  }

  // Not before it is asked: where the demo's secret is kept may be away while a node starts.
  @Bean
  @ConditionalOnAuthMode(AuthMode.DEMO)
  JwtDecoder demoDecoder(Environment environment) {
    return new SupplierJwtDecoder(() -> decoder(DemoSecrets.of(environment)));
  }

  @Bean
  @ConditionalOnAuthMode(AuthMode.DEMO)
  TokenSigner demoSigner(Environment environment) {
    return TokenSigner.of(
        SingletonSupplier.of(() -> DemoSecrets.of(environment)), environment, Clock.systemUTC());
  }

  @Bean
  @ConditionalOnAuthMode(AuthMode.KEYS)
  JwkSetUriJwtDecoderBuilderCustomizer keyRequests() {
    // One for all tries: where the first has failed, Spring makes another decoder for the next.
    KeyRequests requests = new KeyRequests();
    return builder -> builder.restOperations(requests);
  }

  @Bean
  @ConditionalOnAuthMode(AuthMode.KEYS)
  OAuth2TokenValidator<Jwt> typeValidator() {
    return types();
  }

  @Bean
  Origins origins(BelfryProperties properties) {
    return new Origins(properties.allowedOrigins());
  }

  @Bean
  @Order(FrontOrder.ORIGINS)
  Handler.Wrapper originHandler(Origins origins) {
    return new OriginHandler(origins);
  }

  @Bean
  @Order(FrontOrder.HOSTS)
  @ConditionalOnAuthMode(AuthMode.DEMO)
  Handler.Wrapper hostHandler() {
    return new HostHandler();
  }

  @Bean
  PushRate pushRate(BelfryProperties properties) {
    return new PushRate(properties.limits().pushRate());
  }

  static JwtDecoder decoder(String secret) {
    byte[] key = secret.getBytes(StandardCharsets.UTF_8);
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withSecretKey(new SecretKeySpec(key, JWSAlgorithm.HS256.getName()))
            .macAlgorithm(MacAlgorithm.HS256)
            .build();
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(types(), new JwtTimestampValidator(JwtTokens.LEEWAY)));
    return decoder;
  }

  // RFC 9068's access tokens say their type; Spring's default takes `JWT` alone.
  private static JwtTypeValidator types() {
    JwtTypeValidator types = new JwtTypeValidator(List.of("JWT", "at+jwt", "application/at+jwt"));
    types.setAllowEmpty(true);
    return types;
  }
}
