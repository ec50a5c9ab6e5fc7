package io.belfry.proof;

import io.belfry.testing.TestTokens;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads that are held open until there is something: each goes on after the last.
final class PollLink implements Link {
  private final Place place;
  private final Client client;
  private final String destination;
  private final String token;
  private final Deque<Received> read = new ArrayDeque<>();
  private long position = Event.NONE;

  private PollLink(Place place, Client client) {
    this.place = place;
    this.client = client;
    this.destination = client.destinations().getFirst();
    this.token = TestTokens.user(client.user());
  }

  static PollLink open(Place place, Client client) throws IOException, InterruptedException {
    PollLink link = new PollLink(place, client);
    link.read(0);
    return link;
  }

  private void read(int seconds) throws IOException, InterruptedException {
    String after = position == Event.NONE ? "" : "&after=" + position;
    String path =
        client.own(destination)
            + "?limit=20&device="
            + client.device()
            + "&wait="
            + seconds
            + after;
    HttpResponse<String> answer = Http.send(Http.request(place, path, token).GET().build());
    if (answer.statusCode() != 200) {
      throw new IOException("a read was answered " + answer.statusCode());
    }
    for (JsonNode entry : Http.JSON.readTree(answer.body())) {
      Received received = Http.received(entry, destination);
      read.add(received);
      // A message of TTL 0 has no offset.
      position = Math.max(position, received.offset());
    }
  }

  @Override
  public @Nullable Received next(long millis) throws IOException, InterruptedException {
    if (read.isEmpty()) {
      read(1);
    }
    return read.poll();
  }

  @Override
  public void acknowledge(Received message) throws IOException, InterruptedException {
    Http.acknowledge(place, client, token, message.offset());
  }

  @Override
  public boolean isCumulative() {
    return true;
  }

  @Override
  public boolean keepsAtOnce() {
    return true;
  }

  @Override
  public boolean leave() {
    return false;
  }

  @Override
  public void vanish() {
    // Between two reads there is nothing to vanish from.
  }

  @Override
  public void close() {
    // Nor to close.
  }
}
