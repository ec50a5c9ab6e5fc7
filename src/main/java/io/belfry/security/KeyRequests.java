package io.belfry.security;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RequestCallback;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.ResponseExtractor;
import org.springframework.web.client.RestTemplate;

/// How the keys of an issuer are asked for: within a time limit, and for a second not again where
/// it has not answered. They are fetched under a lock, so all who wait for it would else run into
/// that limit one after the other, and the last of them long after a push has to be answered.
final class KeyRequests extends RestTemplate {
  // A push answers within 5 s, so its token's keys have to be there before.
  private static final Duration TIMEOUT = Duration.ofMillis(1500);
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

  private volatile long pauseEnds = System.nanoTime();

  KeyRequests() {
    super(requests());
  }

  @Override
  protected <T> @Nullable T doExecute(
      URI url,
      @Nullable String uriTemplate,
      @Nullable HttpMethod method,
      @Nullable RequestCallback requestCallback,
      @Nullable ResponseExtractor<T> responseExtractor) {
    if (System.nanoTime() - pauseEnds < 0) {
      throw new ResourceAccessException("The issuer has not answered a moment ago.");
    }
    try {
      return super.doExecute(url, uriTemplate, method, requestCallback, responseExtractor);
    } catch (ResourceAccessException away) {
      pauseEnds = System.nanoTime() + PAUSE;
      throw away;
    }
  }

  private static SimpleClientHttpRequestFactory requests() {
    SimpleClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
    requests.setConnectTimeout(TIMEOUT);
    requests.setReadTimeout(TIMEOUT);
    return requests;
  }
}
