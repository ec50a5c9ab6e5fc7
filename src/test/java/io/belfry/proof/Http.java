package io.belfry.proof;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What all that speaks HTTP here shares.
final class Http {
  static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(3))
          .build();
  static final Duration PATIENCE = Duration.ofSeconds(6);
  static final JsonMapper JSON = new JsonMapper();

  private Http() {}

  static HttpRequest.Builder request(Place place, String path, String token) {
    return HttpRequest.newBuilder(place.uri(path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + token);
  }

  static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  /// Acknowledges all up to an offset; it is kept when this returns.
  static void acknowledge(Place place, Client client, String token, long offset)
      throws IOException, InterruptedException {
    String path = client.own(client.destinations().getFirst()) + "/ack";
    String body = "{\"offset\":" + offset + ",\"device\":\"" + client.device() + "\"}";
    HttpRequest request =
        request(place, path, token)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    int status = send(request).statusCode();
    if (status != 204) {
      throw new IOException("the acknowledgement was answered " + status);
    }
  }

  /// An entry in JSON.
  static Received received(JsonNode entry, String destination) {
    JsonNode offset = entry.get("offset");
    JsonNode gap = entry.get("gap-after");
    return new Received(
        destination,
        offset.isNull() ? Event.NONE : offset.longValue(),
        Received.id(entry.get("body").stringValue()),
        entry.has("redelivered"),
        gap == null ? Event.NONE : gap.longValue(),
        "");
  }
}
