package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What clients write into paths and headers is understood in one way, or refused with a sentence.
/// The first line is a path, the others are headers.
class NamesFuzz {
  private static final int MAX_NAME = 128;

  @FuzzTest
  void meansOneThingOrIsRefused(byte[] bytes) {
    String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
    unlessRefused(() -> service(lines[0]));
    unlessRefused(() -> subscriber(lines[0]));
    unlessRefused(() -> from(lines[0]));
    unlessRefused(() -> push(lines));
  }

  private static void unlessRefused(Runnable use) {
    try {
      use.run();
    } catch (InvalidInputException | NotAllowedException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  private static void service(String path) {
    Destination destination = Destination.ofService(path);
    assertThat(Destination.ofService(destination.encodedPath())).isEqualTo(destination);
    assertThat(destination.path()).matches("[A-Za-z0-9._@:|+=~/-]+");
    for (String name : destination.path().split("/", -1)) {
      assertThat(name).hasSizeLessThanOrEqualTo(MAX_NAME).isNotEqualTo("..");
    }
    if (!path.contains("%")) {
      assertThat(destination.path()).isEqualTo(path);
    }
  }

  private static void subscriber(String path) {
    Destination destination = Destination.ofSubscriber(path, "alice");
    assertThat(destination.subscriberPath()).isEqualTo(path);
    if (destination instanceof Destination.Queue(String user, String queue)) {
      assertThat(user).isEqualTo("alice");
      assertThat(queue).doesNotContain("/");
    }
  }

  private static void from(String text) {
    if (From.parse(text) instanceof From.After(long offset)) {
      assertThat(text).matches("[0-9]+");
      assertThat(offset).isBetween(0L, (1L << 53) - 1);
    }
  }

  private static void push(String[] lines) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line : List.of(lines)) {
      int colon = line.indexOf(':');
      headers.put(
          colon < 0 ? line : line.substring(0, colon), colon < 0 ? "" : line.substring(colon + 1));
    }
    Retention retention = Retention.defaults();
    byte[] body = lines[0].getBytes(StandardCharsets.UTF_8);
    Push push = Push.of(new Destination.Topic("t"), headers, body, retention);
    assertThat(push.ttl()).isBetween(Duration.ZERO, retention.ttl());
    assertThat(push.contentType()).isNotBlank().doesNotContain("\r", "\n");
    push.headers()
        .forEach((name, value) -> {
          assertThat(name).isEqualTo(name.toLowerCase(Locale.ROOT));
          assertThat(name).doesNotContain(":", "\r", " ");
          assertThat(value).doesNotContain("\r", "\0");
        });
  }
}
