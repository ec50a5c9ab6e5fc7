package io.belfry.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.Answer;
import io.belfry.RawConnection;
import io.belfry.TestNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PushIT {
  @TempDir static Path data;
  static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(data, "belfry.limits.body=1KB", "belfry.inbox.ttl=1h");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void appendsAndSaysWhere() {
    Answer answer = push().header("Content-Type", "application/json").post("/user/a/queue/q", "1");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.header("Content-Length")).isEqualTo("" + answer.text().length());
    assertThat(answer.header("TTL")).isEqualTo("3600");
    long offset = answer.json().get("offset").longValue();
    assertThat(answer.json().propertyNames())
        .containsExactly("id", "destination", "offset", "online");
    assertThat(answer.json().get("destination").stringValue()).isEqualTo("/user/a/queue/q");
    assertThat(answer.json().get("online").booleanValue()).isFalse();
    assertThat(answer.header("Location")).isEqualTo("/user/a/queue/q/" + offset);

    Answer entry = push().get(answer.header("Location"));
    assertThat(entry.json().get("body").intValue()).isEqualTo(1);
    assertThat(entry.json().get("id")).isEqualTo(answer.json().get("id"));
  }

  @Test
  void encodesTheLocationAndShowsNamesDecoded() {
    Answer answer = push().post("/user/a%2Bb%7C%40c/queue/q", "");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.json().get("destination").stringValue()).isEqualTo("/user/a+b|@c/queue/q");
    assertThat(answer.header("Location")).startsWith("/user/a%2Bb%7C@c/queue/q/");
    assertThat(push().get(answer.header("Location")).json().get("body").stringValue()).isEmpty();
    assertThat(push().delete(answer.header("Location")).status()).isEqualTo(204);
    assertThat(push().get(answer.header("Location")).status()).isEqualTo(404);
    assertThat(push().delete(answer.header("Location")).status()).isEqualTo(204);
  }

  @Test
  void appendsToTopics() {
    Answer answer = push().post("/topic/news", "x");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("Location")).startsWith("/topic/news/");
    assertThat(push().get(answer.header("Location")).json().get("contentType").stringValue())
        .isEqualTo("text/plain;charset=UTF-8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "application/x-www-form-urlencoded|{\"a\":1}|application/json",
        "application/x-www-form-urlencoded|a=1|text/plain;charset=UTF-8",
        "multipart/form-data; boundary=x|[]|application/json",
        "text/csv; charset=utf-8|a,b|text/csv; charset=utf-8",
        "text/plain; charset=UTF-8|a|text/plain; charset=UTF-8",
        "text/plain;charset=utf-8|a|text/plain;charset=utf-8",
        "Application/JSON|{}|Application/JSON",
        "application/json|{broken|application/json",
      })
  void keepsTheContentTypeUnlessItIsAForms(String declared, String body, String kept) {
    Answer answer = push().header("Content-Type", declared).post("/topic/types", body);

    assertThat(push().get(answer.header("Location")).json().get("contentType").stringValue())
        .isEqualTo(kept);
  }

  @Test
  void passesOnSomeHeadersInLowerCase() {
    Answer answer =
        push()
            .header("CE-Type", "x.y")
            .header("Urgency", "high")
            .header("TraceParent", "00-1-2-01")
            .header("X-Other", "no")
            .post("/topic/headers", "x");

    assertThat(push().get(answer.header("Location")).json().get("headers").toString())
        .isEqualTo("{\"ce-type\":\"x.y\",\"traceparent\":\"00-1-2-01\",\"urgency\":\"high\"}");
  }

  @Test
  void repeatsTheFirstAnswerForTheSameKey() {
    Answer first = push().header("Idempotency-Key", "\"k1\"").post("/topic/once", "x");
    Answer again = push().header("Idempotency-Key", "k1").post("/topic/once", "x");
    Answer other = push().header("Idempotency-Key", "k1").post("/topic/once", "y");
    Answer elsewhere = push().header("Idempotency-Key", "k1").post("/topic/once2", "y");

    assertThat(first.status()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    assertThat(again.header("TTL")).isEqualTo("3600");
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.problem()).contains("Idempotency-Key");
    assertThat(elsewhere.status()).isEqualTo(201);
  }

  @Test
  void aMessageWithoutATimeToLiveIsNotKept() {
    Answer answer = push().header("TTL", "0").post("/topic/passing", "x");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json().get("offset").isNull()).isTrue();
    assertThat(answer.header("Location")).isEmpty();
    assertThat(answer.header("TTL")).isEqualTo("0");
    assertThat(node.as("a", "").get("/topic/passing?after=0").text()).isEqualTo("[]");
  }

  @ParameterizedTest
  @CsvSource({"60,60", "3600,3600", "999999999999,3600", "99999999999999999999,3600"})
  void cutsTheTimeToLive(String asked, String actual) {
    assertThat(push().header("TTL", asked).post("/topic/ttl", "x").header("TTL")).isEqualTo(actual);
  }

  @ParameterizedTest
  @CsvSource({
    "TTL,-1",
    "TTL,1.5",
    "TTL,x",
    "Urgency,urgent",
    "Content-Type,nonsense",
    "Idempotency-Key,''"
  })
  void refusesAHeaderThatIsWrong(String name, String value) {
    Answer answer = push().header(name, value).post("/topic/wrong", "x");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).contains(name);
  }

  @ParameterizedTest
  @CsvSource({
    "TTL,1,2",
    "Idempotency-Key,a,b",
    "Topic,a,b",
    "Content-Type,text/plain,text/csv",
    "ce-id,1,2"
  })
  void refusesAHeaderThatIsThereTwiceAndDiffers(String name, String one, String other) {
    Answer answer = push().header(name, one).header(name, other).post("/topic/twice", "x");
    Answer same = push().header(name, one).header(name, one).post("/topic/twice", "x");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).contains(name, "more than once");
    assertThat(same.status()).isEqualTo(201);
  }

  @Test
  void refusesABodyOverTheLimitAndNoneUpToIt() {
    assertThat(push().post("/topic/large", new byte[1024]).status()).isEqualTo(201);

    Answer answer = push().post("/topic/large", new byte[1025]);

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.problem()).contains("1024 bytes");
  }

  @Test
  void needsATokenWithTheScope() {
    Answer nobody = node.asNobody().post("/topic/auth", "x");
    Answer person = node.as("a", "").post("/topic/auth", "x");
    Answer forged =
        node.asNobody().header("Authorization", "Bearer x.y.z").post("/topic/auth", "x");

    assertThat(nobody.status()).isEqualTo(401);
    assertThat(nobody.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"belfry\"");
    assertThat(nobody.problem()).isNotEmpty();
    assertThat(person.status()).isEqualTo(403);
    assertThat(person.header("WWW-Authenticate")).contains("insufficient_scope", "push");
    assertThat(person.problem()).isNotEmpty();
    assertThat(forged.status()).isEqualTo(401);
    assertThat(forged.header("WWW-Authenticate")).contains("invalid_token");
    assertThat(node.as("boss", "admin").post("/topic/auth", "x").status()).isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/topic/a%2fb",
        "/topic/%2e%2e",
        "/topic/a%00",
        "/topic/a%zz",
        "/topic/a;b=c",
        "/topic/",
        "/topic/%C3%A9",
        "/topic/a%252F",
        "/user/%71ueue/queue/q",
        "/user/a%20b/queue/q",
        "/user/./queue/q",
        "/user/a/queue/",
        "/user/a/queue/b%2fc",
      })
  void refusesNamesThatAreNone(String path) {
    try (RawConnection connection = node.connect()) {
      connection
          .write("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n")
          .write("Authorization: Bearer " + node.token("s", "push") + "\r\n\r\nx");

      Answer answer = connection.read();

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.problem()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%75ser/amy/%71ueue/q", "/user/a%6Dy/queue/%71", "/%74opic/q"})
  void percentEncodedAnAddressIsTheSame(String path) {
    Answer answer = push().post(path, "x");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("Location")).matches("(/user/amy/queue|/topic)/q/\\d+");
  }

  @Test
  void saysWhatOtherMethodsThereAre() {
    Answer put = push().send("PUT", "/topic/news", BodyPublishers.ofString("x"));
    Answer options = node.asNobody().send("OPTIONS", "/topic/news", BodyPublishers.noBody());
    Answer batch = push().get("/messages");

    assertThat(put.status()).isEqualTo(405);
    assertThat(put.header("Allow")).isEqualTo("GET, HEAD, POST, OPTIONS");
    assertThat(put.problem()).isNotEmpty();
    assertThat(options.status()).isEqualTo(204);
    assertThat(options.header("Allow")).contains("POST");
    assertThat(batch.status()).isEqualTo(405);
    assertThat(batch.header("Allow")).isEqualTo("POST, OPTIONS");
  }

  private static TestNode.Call push() {
    return node.as("service", "push");
  }
}
