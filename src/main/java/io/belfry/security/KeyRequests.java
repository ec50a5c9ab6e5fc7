package io.belfry.security;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RequestCallback;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.ResponseExtractor;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestTemplate;

/// How the keys of an issuer are asked for: within a time limit, and each address once a second.
/// What came of it, an answer or none, stands meanwhile. They are fetched under a lock, so all who
/// wait for it would else run into that limit one after the other, and the last of them long after
/// a push has to be answered; and anyone can make up tokens of unknown keys, each of which asks.
final class KeyRequests extends RestTemplate {
  // A push answers within 5 s, so its token's keys have to be there before.
  private static final Duration TIMEOUT = Duration.ofMillis(1500);
  private static final long STANDS_NANOS = TimeUnit.SECONDS.toNanos(1);

  private record Outcome(
      @Nullable Object answer, @Nullable RestClientException failure, long ends) {
    Outcome(@Nullable Object answer, @Nullable RestClientException failure) {
      this(answer, failure, System.nanoTime() + STANDS_NANOS);
    }
  }

  // The issuer's few addresses.
  private final Map<URI, Outcome> outcomes = new ConcurrentHashMap<>();

  KeyRequests() {
    super(requests());
  }

  @Override
  @SuppressWarnings("unchecked") // an address is asked for one type alone
  protected <T> @Nullable T doExecute(
      URI url,
      @Nullable String uriTemplate,
      @Nullable HttpMethod method,
      @Nullable RequestCallback requestCallback,
      @Nullable ResponseExtractor<T> responseExtractor) {
    Outcome outcome = outcomes.get(url);
    if (outcome == null || System.nanoTime() - outcome.ends() >= 0) {
      outcome = ask(url, uriTemplate, method, requestCallback, responseExtractor);
      outcomes.put(url, outcome);
    }
    if (outcome.failure() != null) {
      throw outcome.failure();
    }
    return (T) outcome.answer();
  }

  // The client's own limits are those of each read: what comes byte by byte would never end.
  private Outcome ask(
      URI url,
      @Nullable String uriTemplate,
      @Nullable HttpMethod method,
      @Nullable RequestCallback requestCallback,
      @Nullable ResponseExtractor<?> responseExtractor) {
    FutureTask<Outcome> request =
        new FutureTask<>(
            () -> outcome(url, uriTemplate, method, requestCallback, responseExtractor));
    Thread.ofVirtual().name("belfry-keys").start(request);
    try {
      return request.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      return new Outcome(null, new ResourceAccessException(url + " has not answered in time"));
    } catch (ExecutionException wrong) {
      return new Outcome(null, new RestClientException(url + " cannot be asked", wrong.getCause()));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new ResourceAccessException("Interrupted while " + url + " was asked");
    } finally {
      request.cancel(true);
    }
  }

  private Outcome outcome(
      URI url,
      @Nullable String uriTemplate,
      @Nullable HttpMethod method,
      @Nullable RequestCallback requestCallback,
      @Nullable ResponseExtractor<?> responseExtractor) {
    try {
      return new Outcome(
          super.doExecute(url, uriTemplate, method, requestCallback, responseExtractor), null);
    } catch (RestClientException failure) {
      return new Outcome(null, failure);
    }
  }

  private static SimpleClientHttpRequestFactory requests() {
    SimpleClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
    requests.setConnectTimeout(TIMEOUT);
    requests.setReadTimeout(TIMEOUT);
    return requests;
  }
}
