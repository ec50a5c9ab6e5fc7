package io.belfry.proof;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/// Several messages in one request. What of them is not answered yes or no is sent again, until all
/// is.
final class BatchPush {
  private final Stage stage;
  private final Random random;
  private final String token;
  private final Map<String, String> lines = new LinkedHashMap<>();

  BatchPush(Stage stage, Random random, String token) {
    this.stage = stage;
    this.random = random;
    this.token = token;
  }

  void add(String message, String destination, String body) {
    lines.put(
        message,
        "{\"to\":\"%s\",\"body\":\"%s\",\"contentType\":\"text/plain\",\"idempotencyKey\":\"%s\"}"
            .formatted(destination, body, message));
  }

  void push() throws InterruptedException {
    while (!lines.isEmpty() && !stage.isOver()) {
      try {
        send();
      } catch (IOException away) {
        // Again, then: the keys make that safe.
      }
      if (!lines.isEmpty()) {
        stage.pause(20 + random.nextInt(200));
      }
    }
    for (String message : lines.keySet()) {
      answered(message, 0, Event.NONE);
    }
  }

  private void send() throws IOException, InterruptedException {
    HttpRequest request =
        Http.request(stage.place(random), "/messages", token)
            .header("Content-Type", "application/x-ndjson")
            .POST(BodyPublishers.ofString(String.join("\n", lines.values()) + "\n"))
            .build();
    HttpResponse<String> answer = Http.send(request);
    if (answer.statusCode() != 200) {
      return;
    }
    List<String> results = answer.body().lines().toList();
    List<String> messages = List.copyOf(lines.keySet());
    for (int i = 0; i < Math.min(results.size(), messages.size()); i++) {
      JsonNode result = Http.JSON.readTree(results.get(i));
      int status = result.get("status").intValue();
      if (status < 500 && status != 429) {
        JsonNode offset = result.get("offset");
        answered(
            messages.get(i),
            status,
            offset == null || offset.isNull() ? Event.NONE : offset.longValue());
        lines.remove(messages.get(i));
      }
    }
  }

  private void answered(String message, int status, long offset) {
    stage.history.add(new Event.Answered(stage.history.now(), message, status, offset));
  }
}
