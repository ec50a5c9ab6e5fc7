package io.belfry.operations;

import io.belfry.security.AuthMode;
import io.belfry.security.Caller;
import io.belfry.security.TokenSigner;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/// Says on the standard output, once the node answers, where it is and what to do next.
@Component
class StartBanner {
  private static final Logger LOG = LoggerFactory.getLogger(StartBanner.class);
  private static final String DEMO_PERSON = "alice";
  private static final Duration VALIDITY = Duration.ofHours(12);

  private final Environment environment;
  private final ObjectProvider<TokenSigner> demoSigner;

  /// @param demoSigner there in demo mode alone
  StartBanner(Environment environment, ObjectProvider<TokenSigner> demoSigner) {
    this.environment = environment;
    this.demoSigner = demoSigner;
  }

  // Not before it is ready: the token takes a moment to sign, and who waits for the node need not
  // wait for that.
  @EventListener
  void print(AvailabilityChangeEvent<ReadinessState> change) {
    if (change.getState() == ReadinessState.ACCEPTING_TRAFFIC) {
      print();
    }
  }

  private void print() {
    TokenSigner signer = demoSigner.getIfAvailable();
    if (signer == null && AuthMode.isDemoSetTo(true, environment)) {
      LOG.warn("belfry.demo is without effect: authentication is configured");
    }
    System.out.println(signer == null ? withAuthentication() : demo(signer));
  }

  private String demo(TokenSigner signer) {
    String token = signer.sign("demo", Caller.PUSH, VALIDITY);
    return """

    Belfry rings. This is its demo: for this machine alone, with tokens of its own.

      See     %1$s/?user=%2$s
      Push    curl %1$s/user/%2$s/queue/notifications -H 'Authorization: Bearer %3$s' \
    -H 'Content-Type: application/json' -d '{"title":"Hello","text":"It works."}'
    """
        .formatted(address(), DEMO_PERSON, token);
  }

  private String withAuthentication() {
    return """

    Belfry rings at %s
    `java -jar belfry.jar token alice` prints a token, where tokens are signed with a secret.
    """
        .formatted(address());
  }

  private String address() {
    boolean isTls =
        environment.containsProperty("server.ssl.bundle")
            || environment.containsProperty("server.ssl.key-store")
            || environment.containsProperty("server.ssl.certificate");
    return (isTls ? "https" : "http")
        + "://localhost:"
        + environment.getProperty("local.server.port", "8080");
  }
}
