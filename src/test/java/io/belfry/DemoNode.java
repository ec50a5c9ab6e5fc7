package io.belfry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.security.TokenSigner;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
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

  static DemoNode start(Path data, CapturedOutput output) {
    ConfigurableApplicationContext context =
        SpringApplication.run(
            BelfryApplication.class, "--server.port=0", "--belfry.data-dir=" + data);
    Matcher curl = CURL.matcher(output);
    assertThat(curl.find()).as("a curl is printed").isTrue();
    return new DemoNode(context, curl);
  }

  String address() {
    return "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
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

  /// Waits until the node has kept that this device has read everything: an acknowledgement has no
  /// answer.
  void awaitAllRead(String user, String device) {
    TokenSigner signer = Objects.requireNonNull(TokenSigner.of(context.getEnvironment()));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address() + "/user/queue/notifications?device=" + device))
            .header("Authorization", "Bearer " + signer.sign(user, "", Duration.ofMinutes(5)));
    await().until(() -> send(request, 200).equals("[]"));
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
