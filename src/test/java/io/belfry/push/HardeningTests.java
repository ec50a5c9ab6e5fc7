package io.belfry.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Destination;
import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.Retention;
import io.belfry.security.Caller;
import io.belfry.security.PushRate;
import io.belfry.security.Tokens;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an attacker sends slowly, on a server in memory.
class HardeningTests {
  private static final Duration IMPATIENT = Duration.ofMillis(20);

  private final InMemoryStore store = new InMemoryStore();
  private final Server server = new Server(new VirtualThreadPool());
  private final LocalConnector connector = new LocalConnector(server);

  private void start(Duration patience) throws Exception {
    Appender appender =
        new Appender(store.logs(), Retention.defaults(), new PushRate(null), new PushCounters());
    server.setHandler(
        new PushDoor(
            new KnownTokens(),
            new SinglePush(appender, 1024, patience),
            new BatchPush(appender, 1024, patience, patience),
            appender));
    server.addConnector(connector);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Content-Length: 10\r\n\r\n12345", "Transfer-Encoding: chunked\r\n\r\n5\r\n1"})
  void waitsForABodyOnlySoLong(String rest) throws Exception {
    start(IMPATIENT);
    var client = connector.executeRequest(head("/topic/slow") + rest);

    String answer = client.getResponse();

    assertThat(answer)
        .startsWith("HTTP/1.1 408 ")
        .contains("Connection: close", "application/problem+json");
    assertThat(store.last(new Destination.Topic("slow"))).isZero();
  }

  @Test
  void waitsForABatchOnlySoLong() throws Exception {
    start(IMPATIENT);
    var client =
        connector.executeRequest(
            head("/messages")
                + "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n"
                + "{\"to\":\"/topic/slow\",\"body\":1}\n");

    assertThat(client.getResponse()).startsWith("HTTP/1.1 408 ");
    assertThat(store.last(new Destination.Topic("slow"))).isZero();
  }

  @Test
  void takesABodyThatComesInPieces() throws Exception {
    start(Duration.ofMinutes(1));
    var client = connector.executeRequest(head("/topic/pieces") + "Content-Length: 3\r\n\r\n1");
    client.addInput("2");
    client.addInput("3");

    assertThat(client.getResponse()).startsWith("HTTP/1.1 201 ");
    var entries = store.after(new Destination.Topic("pieces"), 0, 1, 10).entries();
    assertThat(new String(entries.getFirst().body(), StandardCharsets.US_ASCII)).isEqualTo("123");
  }

  private static String head(String path) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer s\r\n";
  }

  /// All are known, so that nothing but the body is waited for.
  private static final class KnownTokens implements Tokens {
    @Override
    public Caller verify(String token) {
      return known(token);
    }

    @Override
    public Caller known(String token) {
      return new Caller(token, true, false, Instant.MAX);
    }
  }
}
