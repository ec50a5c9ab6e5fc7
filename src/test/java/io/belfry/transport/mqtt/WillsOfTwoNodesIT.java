package io.belfry.transport.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.TestNode;
import io.belfry.testing.RedisServer;
import io.netty.handler.codec.mqtt.MqttMessageBuilders.ConnectBuilder;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Wills that wait, where the client comes back to another node.
class WillsOfTwoNodesIT {
  private static final int AN_HOUR = 3600;

  @TempDir Path directory;

  /// That it is published in its time is for [WillsIT]: here nobody has to wait for it.
  @Test
  void aClientThatIsBackOnAnotherNodeTakesItsWillWithItOrHasItPublishedAtOnce() throws Exception {
    try (RedisServer redis = RedisServer.durable(directory);
        TestNode one = node(redis, "one");
        TestNode two = node(redis, "two")) {
      leave(one, "resumes");
      leave(one, "begins-anew");
      try (RawMqtt resumed = RawMqtt.open(two, MqttVersion.MQTT_5);
          RawMqtt anew = RawMqtt.open(two, MqttVersion.MQTT_5)) {
        resumed.hello(two, "service", "push", "resumes", connect -> {});
        anew.hello(two, "service", "push", "begins-anew", connect -> connect.cleanSession(true));

        await().until(() -> read(two).contains("begins-anew has gone"));
        assertThat(read(two)).doesNotContain("resumes has gone");
      }
    }
  }

  private TestNode node(RedisServer redis, String name) throws Exception {
    return TestNode.start(
        Files.createDirectories(directory.resolve(name)),
        "belfry.store=redis",
        "belfry.node=" + name,
        "belfry.mqtt.port=0",
        "spring.data.redis.url=" + redis.url());
  }

  /// Connects with a will that is due in an hour, and goes without a word.
  private static void leave(TestNode node, String device) {
    Consumer<ConnectBuilder> will =
        RawMqtt.will(device + " has gone", AN_HOUR)
            .andThen(connect -> connect.properties(RawMqtt.expiry(2 * AN_HOUR)));
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      client.hello(node, "service", "push", device, will);
    }
    await().until(() -> !isOnline(node));
  }

  private static boolean isOnline(TestNode node) {
    return node.as("root", "push").get("/user/service").text().contains("\"online\":true");
  }

  private static String read(TestNode node) {
    return node.as("pia", "").get("/user/queue/q?device=d").text();
  }
}
