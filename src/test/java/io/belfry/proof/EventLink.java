package io.belfry.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.belfry.testing.TestTokens;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.jspecify.annotations.Nullable;

/// Server-sent events, acknowledged by POST or by being written.
final class EventLink implements Link {
  private static final String DATA = "data: ";

  private final Place place;
  private final Client client;
  private final String token;
  private final InputStream body;
  private final Inbox<Received> events = new Inbox<>();
  private final Thread reader;

  private EventLink(Place place, Client client, String token, InputStream body) {
    this.place = place;
    this.client = client;
    this.token = token;
    this.body = body;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  static EventLink open(Place place, Client client) throws IOException, InterruptedException {
    String token = TestTokens.user(client.user());
    String path =
        client.own(client.destinations().getFirst())
            + "?device="
            + client.device()
            + (client.auto() ? "" : "&ack=client");
    HttpResponse<InputStream> answer =
        Http.CLIENT.send(
            Http.request(place, path, token).header("Accept", "text/event-stream").GET().build(),
            BodyHandlers.ofInputStream());
    if (answer.statusCode() != 200) {
      answer.body().close();
      throw new IOException("a stream was answered " + answer.statusCode());
    }
    return new EventLink(place, client, token, answer.body());
  }

  private void read() {
    String destination = client.destinations().getFirst();
    try {
      BufferedReader lines = new BufferedReader(new InputStreamReader(body, UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        events.heard();
        if (line.startsWith(DATA)) {
          String json = line.substring(DATA.length());
          events.put(Http.received(Http.JSON.readTree(json), destination));
        }
      }
    } catch (IOException over) {
      // Whoever asks for the next one is told.
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
    events.end();
  }

  @Override
  public @Nullable Received next(long millis) throws IOException, InterruptedException {
    return events.next(millis);
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
    // The reader fills the inbox, and then waits.
  }

  @Override
  public void close() {
    reader.interrupt();
    try {
      body.close();
    } catch (IOException already) {
      // Then it is closed.
    }
  }
}
