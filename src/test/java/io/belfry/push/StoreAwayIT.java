package io.belfry.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.Answer;
import io.belfry.TestNode;
import io.belfry.core.log.InMemoryStore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

class StoreAwayIT {
  @Configuration(proxyBeanMethods = false)
  static class Stores {
    @Bean
    @Primary
    InMemoryStore fake() {
      return new InMemoryStore();
    }
  }

  @TempDir static Path data;
  static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(List.of(Stores.class), data);
    node.bean(InMemoryStore.class).away = true;
  }

  @AfterAll
  static void stop() {
    node.bean(InMemoryStore.class).away = false;
    node.close();
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/topic/t,push",
    "GET,/user/queue/q,''",
    "GET,/user/queue/q?after=0,''",
    "POST,/user/queue/q/ack,''",
    "GET,/topic/t/1,push",
    "DELETE,/topic/t/1,push",
    "GET,/user/ann,push",
    "GET,/user/ann/queue/q,admin",
    "GET,/dead-letters,admin",
    "POST,/dead-letters/1/redeliver,admin",
  })
  void asksToTryAgain(String method, String path, String scope) {
    Answer answer =
        node.as("ann", scope)
            .header("Content-Type", "application/json")
            .send(method, path, TestNode.body("{\"offset\":1}"));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Retry-After")).isEqualTo("1");
    assertThat(answer.problem()).isNotEmpty();
  }

  @Test
  void failsEachLineOfABatch() {
    Answer answer =
        node.as("s", "push")
            .header("Content-Type", "application/x-ndjson")
            .post("/messages", "{\"to\":\"/topic/t\",\"body\":1}\nx\n");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.lines().stream().map(line -> line.get("status").intValue()))
        .containsExactly(503, 400);
  }

  @Test
  void isNotReadyAndYetAlive() {
    assertThat(node.asNobody().get("/actuator/health/readiness").status()).isEqualTo(503);
    assertThat(node.asNobody().get("/actuator/health/liveness").status()).isEqualTo(200);
  }
}
