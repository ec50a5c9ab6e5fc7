package io.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.context.ConfigurableApplicationContext;

/// A node as it starts with nothing configured but a free port, and what it then tells its user to
/// do.
final class DemoNode implements AutoCloseable {
  private static final Pattern CURL =
      Pattern.compile(
          "curl (\\S+) -H '(Authorization): ([^']+)' -H '(Content-Type): ([^']+)' -d '([^']+)'");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final ConfigurableApplicationContext context;
  private final Matcher curl;

  private DemoNode(ConfigurableApplicationContext context, Matcher curl) {
    this.context = context;
    this.curl = curl;
  }

  static DemoNode start(Path data, CapturedOutput output, String... settings) {
    List<String> arguments =
        new ArrayList<>(List.of("--server.port=0", "--belfry.data-dir=" + data));
    arguments.addAll(List.of(settings));
    ConfigurableApplicationContext context =
        SpringApplication.run(BelfryApplication.class, arguments.toArray(String[]::new));
    Matcher curl = CURL.matcher(output);
    assertThat(curl.find()).as("a curl is printed").isTrue();
    return new DemoNode(context, curl);
  }

  String address() {
    return "http://localhost:" + port();
  }

  int port() {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /// A token as the demo's login gives them.
  String token(String user) {
    URI uri = URI.create(address() + "/demo/token?user=" + user);
    return send(HttpRequest.newBuilder(uri), 200).replaceAll(".*:\\s*\"([^\"]+)\".*", "$1");
  }

  /// Does exactly what the printed command does.
  void pushAsPrinted() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(curl.group(1)))
            .header(curl.group(2), curl.group(3))
            .header(curl.group(4), curl.group(5))
            .POST(BodyPublishers.ofString(curl.group(6)));
    send(request, 201);
  }

  void push(String user, String body) {
    URI uri = URI.create(address() + "/user/" + user + "/queue/notifications");
    send(
        HttpRequest.newBuilder(uri)
            .header("Authorization", curl.group(3))
            .POST(BodyPublishers.ofString(body)),
        201);
  }

  /// How many entries of this person's queue no device has acknowledged.
  int pending(String user) {
    URI uri = URI.create(address() + "/user/" + user);
    String presence = send(HttpRequest.newBuilder(uri).header("Authorization", curl.group(3)), 200);
    return Integer.parseInt(presence.replaceAll("(?s).*\"pending\":(\\d+).*", "$1"));
  }

  @Override
  public void close() {
    context.close();
  }

  private static String send(HttpRequest.Builder request, int status) {
    var answer = HTTP.sendAsync(request.build(), BodyHandlers.ofString()).join();
    assertThat(answer.statusCode()).isEqualTo(status);
    return answer.body();
  }
}
