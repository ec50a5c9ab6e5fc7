package io.belfry.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.Answer;
import io.belfry.TestNode;
import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.Connection;
import io.belfry.core.delivery.Deliveries;
import io.belfry.core.delivery.Delivery;
import io.belfry.core.delivery.Subscription;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Retention;
import io.belfry.core.log.Session;
import io.belfry.core.log.Store;
import io.belfry.store.embedded.EmbeddedStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class OperationsIT {
  @TempDir static Path data;
  static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(data);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void showsWhoIsThereAndWhatWaitsForThem() {
    long first = push("/user/ann/queue/b", "1");
    long second = push("/user/ann/queue/b", "2");
    long third = push("/user/ann/queue/b", "3");
    long other = push("/user/ann/queue/a", "1");
    acknowledge("ann", "b", "tablet", first);
    acknowledge("ann", "b", "phone", second);
    FakeConnection connection = connect("ann", "laptop");

    JsonNode presence = service().get("/user/ann").json();

    assertThat(presence.toString())
        .isEqualTo(
            "{\"user\":\"ann\",\"online\":true,\"sessions\":[{\"device\":\"laptop\","
                + "\"transport\":\"fake\",\"node\":\"here\",\"since\":1700000000123}],"
                + "\"queues\":[{\"queue\":\"a\",\"last\":"
                + other
                + ",\"pending\":1},"
                + "{\"queue\":\"b\",\"last\":"
                + third
                + ",\"pending\":1}]}");
    node.bean(Deliveries.class).connections().closed(connection);
    assertThat(service().get("/user/ann").json().get("online").booleanValue()).isFalse();
  }

  @Test
  void aUserThatNobodyKnowsIsNotOnline() {
    assertThat(service().get("/user/no%2Bone").text())
        .isEqualTo("{\"user\":\"no+one\",\"online\":false,\"sessions\":[],\"queues\":[]}");
  }

  @Test
  void disconnectsAUser() throws Exception {
    FakeConnection connection = connect("dan", "");

    assertThat(operator().delete("/user/dan/sessions").status()).isEqualTo(204);

    assertThat(connection.closed.get()).isEqualTo(CloseReason.OPERATOR);
    node.bean(Deliveries.class).connections().closed(connection);
  }

  @Test
  void looksIntoAQueueAndMovesNothing() {
    long first = push("/user/eve/queue/q", "1");
    long second = push("/user/eve/queue/q", "2");
    acknowledge("eve", "q", "phone", first);
    acknowledge("eve", "q", "", second);

    JsonNode all = operator().get("/user/eve/queue/q").json();
    JsonNode rest = operator().get("/user/eve/queue/q?limit=1&after=" + first).json();

    assertThat(all.get("entries")).hasSize(2);
    assertThat(all.get("entries").get(0).get("body").stringValue()).isEqualTo("1");
    assertThat(all.get("cursors").toString())
        .isEqualTo("{\"\":" + second + ",\"phone\":" + first + "}");
    assertThat(rest.get("entries")).hasSize(1);
    assertThat(operator().get("/user/nobody/queue/q").text())
        .isEqualTo("{\"entries\":[],\"cursors\":{}}");
  }

  @Test
  void aBackupOpensAsTheNodeWas() {
    long offset = push("/user/gil/queue/kept", "kept");
    assertThat(node.as("gil", "").post("/backups", "").status()).isEqualTo(403);

    Answer taken = operator().post("/backups", "");
    push("/user/gil/queue/kept", "later");

    assertThat(taken.status()).isEqualTo(201);
    Path backup = Path.of(taken.json().get("path").stringValue());
    try (EmbeddedStore copy = EmbeddedStore.open(backup, Retention.defaults(), Clock.systemUTC())) {
      assertThat(copy.logs().last(new Destination.Queue("gil", "kept"))).isEqualTo(offset);
    }
  }

  @Test
  void listsDeadLettersAndSendsThemBack() {
    Destination topic = new Destination.Topic("dead");
    long offset = push("/topic/dead", "{\"a\":1}");
    Store store = node.bean(Store.class);
    Entry entry = Objects.requireNonNull(store.logs().entry(topic, offset));
    CursorKey key = new CursorKey(topic, "fay", "phone");
    store.deadLetters().add(new DeadLetter(0, key, 5, "refused \"5\" times", entry));

    JsonNode letter = operator().get("/dead-letters").json().get(0);

    assertThat(letter.get("destination").stringValue()).isEqualTo("/topic/dead");
    assertThat(letter.get("user").stringValue()).isEqualTo("fay");
    assertThat(letter.get("device").stringValue()).isEqualTo("phone");
    assertThat(letter.get("deliveries").intValue()).isEqualTo(5);
    assertThat(letter.get("reason").stringValue()).isEqualTo("refused \"5\" times");
    assertThat(letter.get("entry").get("body").toString()).isEqualTo("{\"a\":1}");
    long own = letter.get("offset").longValue();
    assertThat(operator().get("/dead-letters?limit=5&after=" + own).text()).isEqualTo("[]");
    String redeliver = "/dead-letters/" + own + "/redeliver";
    assertThat(operator().post(redeliver, "").status()).isEqualTo(204);
    assertThat(operator().post(redeliver, "").status()).isEqualTo(404);
    assertThat(store.deadLetters().redeliveries(key)).containsExactly(offset);
    assertThat(operator().get("/dead-letters").text()).isEqualTo("[]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/user/a/queue/q", "/dead-letters", "/actuator/prometheus"})
  void isForOperators(String path) {
    assertThat(node.asNobody().get(path).status()).isEqualTo(401);
    assertThat(service().get(path).status()).isEqualTo(403);
    assertThat(service().get(path).header("WWW-Authenticate")).contains("admin");
    assertThat(operator().get(path).status()).isEqualTo(200);
  }

  @Test
  void presenceIsForServices() {
    assertThat(node.as("ann", "").get("/user/ann").status()).isEqualTo(403);
    assertThat(service().delete("/user/ann/sessions").status()).isEqualTo(403);
    assertThat(operator().get("/user/a%20b").status()).isEqualTo(400);
    assertThat(operator().get("/user/queue").status()).isEqualTo(400);
    assertThat(operator().delete("/user/queue/sessions").status()).isEqualTo(400);
  }

  @Test
  void countsWhatItDoes() {
    push("/topic/counted", "x");

    String metrics = operator().get("/actuator/prometheus").text();

    assertThat(metrics.lines())
        .anyMatch(line -> line.matches("belfry_pushes_total\\{.*result=\"accepted\".*} [1-9].*"))
        .anyMatch(line -> line.matches("belfry_pushes_total\\{.*result=\"unavailable\".*} 0.*"))
        .anyMatch(line -> line.startsWith("belfry_deliveries_total"))
        .anyMatch(line -> line.startsWith("belfry_dead_letters_total"))
        .anyMatch(line -> line.startsWith("belfry_connections"))
        .anyMatch(line -> line.startsWith("belfry_feeds"))
        .anyMatch(line -> line.matches("belfry_store_appends_total.* [1-9].*"))
        .anyMatch(line -> line.startsWith("belfry_store_commits_seconds_count"))
        .anyMatch(line -> line.startsWith("belfry_stomp_frames_total"));
  }

  // It would keep what is closed before it is told that it is open.
  @Test
  void nothingButItsOwnCountsConnections() {
    String metrics = operator().get("/actuator/prometheus").text();

    assertThat(metrics.lines()).noneMatch(line -> line.startsWith("jetty_connections"));
  }

  private static TestNode.Call service() {
    return node.as("service", "push");
  }

  private static TestNode.Call operator() {
    return node.as("boss", "admin");
  }

  private static long push(String destination, String body) {
    return service().post(destination, body).json().get("offset").longValue();
  }

  private static void acknowledge(String user, String queue, String device, long offset) {
    String body = "{\"offset\":%d,\"device\":\"%s\"}".formatted(offset, device);
    Answer answer = node.as(user, "").post("/user/queue/" + queue + "/ack", body);
    assertThat(answer.status()).isEqualTo(204);
  }

  private static FakeConnection connect(String user, String device) {
    FakeConnection connection = new FakeConnection(user, device);
    node.bean(Deliveries.class).connections().open(connection, true);
    return connection;
  }

  private static final class FakeConnection implements Connection {
    final CompletableFuture<CloseReason> closed = new CompletableFuture<>();
    private final Session session;

    FakeConnection(String user, String device) {
      Instant since = Instant.ofEpochMilli(1_700_000_000_123L);
      session = new Session(user + device, user, device, "fake", "here", since);
    }

    @Override
    public Session session() {
      return session;
    }

    @Override
    public boolean send(Subscription to, List<Delivery> batch) {
      return true;
    }

    @Override
    public long takingNanos() {
      return 0;
    }

    @Override
    public void close(CloseReason reason) {
      closed.complete(reason);
    }

    @Override
    public void tick() {}
  }
}
