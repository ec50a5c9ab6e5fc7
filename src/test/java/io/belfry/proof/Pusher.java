package io.belfry.proof;

import io.belfry.testing.TestTokens;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/// A service that pushes: one message after the other, each with a key of its own, again and again
/// until it is answered, to whichever node answers.
final class Pusher {
  private static final String TOKEN = TestTokens.push();
  private static final int LARGE = 6000;
  private static final int KEYS = 3;
  private static final int FLOODS = 2;
  private static final int FLOOD = 50;
  private static final int FLOOD_BODY = 60_000;

  private final Stage stage;
  private final String name;
  private final List<String> destinations;
  private final int pauseMillis;
  private final Random random;
  private int count;
  private int floods;

  Pusher(Stage stage, String name, List<String> destinations, int pauseMillis) {
    this.stage = stage;
    this.name = name;
    this.destinations = destinations;
    this.pauseMillis = pauseMillis;
    this.random = stage.random(name);
  }

  /// Pushes until it is calm, and returns when all is answered.
  void run() {
    try {
      while (!stage.isCalm()) {
        any();
        stage.idle(1 + random.nextInt(2 * pauseMillis));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void any() throws InterruptedException {
    switch (random.nextInt(30)) {
      case 0 -> push("", 1 + random.nextInt(3), false);
      case 1, 2 -> push("key-" + random.nextInt(KEYS), 0, false);
      case 3 -> retract();
      case 4 -> refused();
      case 5 -> passing();
      case 6, 7, 8 -> batch();
      case 9 -> push("", 0, true);
      case 10 -> flood();
      default -> push("", 0, false);
    }
  }

  /// Pushes one last message, and returns when it is answered.
  void last(String destination) throws InterruptedException {
    answer(prepare(destination, "", 0), "", 0, false);
  }

  private void push(String collapse, int ttlSeconds, boolean isRepeated)
      throws InterruptedException {
    String message = prepare(destination(), collapse, ttlSeconds);
    answer(message, collapse, ttlSeconds, isRepeated);
  }

  private String destination() {
    return destinations.get(random.nextInt(destinations.size()));
  }

  private String destination = "";

  private String prepare(String to, String collapse, int ttlSeconds) {
    destination = to;
    String message = name + "-" + count++;
    stage.history.add(
        new Event.Sent(stage.history.now(), message, to, collapse, ttlSeconds * 1_000_000L));
    return message;
  }

  // Tries until there is an answer that says yes or no.
  private String answer(String message, String collapse, int ttlSeconds, boolean isRepeated)
      throws InterruptedException {
    String body = body(message);
    HttpResponse<String> answer = untilAnswered(message, body, collapse, ttlSeconds);
    if (answer == null) {
      stage.history.add(new Event.Answered(stage.history.now(), message, 0, Event.NONE));
      return "";
    }
    stage.history.add(
        new Event.Answered(stage.history.now(), message, answer.statusCode(), offset(answer)));
    if (isRepeated) {
      repeat(message, body, collapse, ttlSeconds);
    }
    return answer.headers().firstValue("Location").orElse("");
  }

  private @org.jspecify.annotations.Nullable HttpResponse<String> untilAnswered(
      String message, String body, String collapse, int ttlSeconds) throws InterruptedException {
    while (!stage.isOver()) {
      try {
        HttpResponse<String> answer = send(message, body, collapse, ttlSeconds);
        if (answer.statusCode() < 500 && answer.statusCode() != 429) {
          return answer;
        }
      } catch (IOException away) {
        // Again, then: the key makes that safe.
      }
      stage.pause(20 + random.nextInt(200));
    }
    return null;
  }

  private HttpResponse<String> send(String key, String body, String collapse, int ttlSeconds)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        Http.request(stage.place(random), destination, TOKEN)
            .header("Content-Type", "text/plain")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(body));
    if (!collapse.isEmpty()) {
      request.header("Topic", collapse);
    }
    if (ttlSeconds > 0) {
      request.header("TTL", Integer.toString(ttlSeconds));
    }
    return Http.send(request.build());
  }

  private String body(String message) {
    boolean isLarge = random.nextInt(25) == 0;
    return message + " " + "x".repeat(isLarge ? LARGE : random.nextInt(100));
  }

  private static long offset(HttpResponse<String> answer) {
    return answer.statusCode() == 200 || answer.statusCode() == 201
        ? offset(Http.JSON.readTree(answer.body()))
        : Event.NONE;
  }

  private static long offset(JsonNode answer) {
    JsonNode offset = answer.get("offset");
    return offset == null || offset.isNull() ? Event.NONE : offset.longValue();
  }

  // The same again brings the same; other bytes under the same key are refused and never appear.
  private void repeat(String message, String body, String collapse, int ttlSeconds)
      throws InterruptedException {
    try {
      HttpResponse<String> again = send(message, body, collapse, ttlSeconds);
      stage.history.add(
          new Event.Repeated(stage.history.now(), message, again.statusCode(), offset(again)));
      String other = message + "-other";
      stage.history.add(new Event.Sent(stage.history.now(), other, destination, "", 0));
      HttpResponse<String> mismatch =
          untilAnswered(message, other + " of the same key", collapse, ttlSeconds);
      stage.history.add(
          new Event.Answered(
              stage.history.now(),
              other,
              mismatch == null ? 0 : mismatch.statusCode(),
              mismatch == null ? Event.NONE : offset(mismatch)));
    } catch (IOException away) {
      // It was a question only.
    }
  }

  private void retract() throws InterruptedException {
    String location = answer(prepare(destination(), "", 0), "", 0, false);
    if (location.isEmpty()) {
      return;
    }
    String message = name + "-" + (count - 1);
    stage.idle(random.nextInt(300));
    stage.history.add(new Event.Retracting(stage.history.now(), message));
    try {
      HttpRequest request = Http.request(stage.place(random), location, TOKEN).DELETE().build();
      if (Http.send(request).statusCode() == 204) {
        stage.history.add(new Event.Retracted(stage.history.now(), message));
      }
    } catch (IOException away) {
      // Then it may be retracted or not.
    }
  }

  // Over the limit of a body: it must never appear.
  private void refused() throws InterruptedException {
    String message = prepare(destination(), "", 0);
    String body = message + " " + "x".repeat(70_000);
    HttpResponse<String> answer = untilAnswered(message, body, "", 0);
    stage.history.add(
        new Event.Answered(
            stage.history.now(), message, answer == null ? 0 : answer.statusCode(), Event.NONE));
  }

  // TTL 0: for who is there now.
  private void passing() throws InterruptedException {
    destination = destination();
    String message = name + "-" + count++;
    stage.history.add(new Event.Sent(stage.history.now(), message, destination, "", 1));
    int status = 202;
    try {
      HttpRequest request =
          Http.request(stage.place(random), destination, TOKEN)
              .header("Content-Type", "text/plain")
              .header("TTL", "0")
              .POST(BodyPublishers.ofString(message + " passing"))
              .build();
      status = Http.send(request).statusCode();
    } catch (IOException away) {
      // It has passed.
    }
    stage.history.add(
        new Event.Answered(stage.history.now(), message, Math.min(status, 202), Event.NONE));
  }

  // More than fits between a node and a client that does not read; not often, for the disk's sake.
  private void flood() throws InterruptedException {
    if (floods == FLOODS) {
      return;
    }
    floods++;
    BatchPush batch = new BatchPush(stage, random, TOKEN);
    String to = destination();
    for (int i = 0; i < FLOOD; i++) {
      String message = prepare(to, "", 0);
      batch.add(message, to, message + " " + "x".repeat(FLOOD_BODY));
    }
    batch.push();
  }

  private void batch() throws InterruptedException {
    BatchPush batch = new BatchPush(stage, random, TOKEN);
    for (int i = 0; i < 5; i++) {
      String message = prepare(destination(), "", 0);
      batch.add(message, destination, body(message));
    }
    batch.push();
  }
}
