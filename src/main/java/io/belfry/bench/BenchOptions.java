package io.belfry.bench;

import io.belfry.core.log.InvalidInputException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/// What a benchmark is asked to do.
///
/// @param url of a node, `http://host:port`
/// @param users how many are connected, each subscribed to a queue of its own
/// @param rate pushes a second; 0: as many as are answered
/// @param duration of the load
/// @param warmup before it, not counted
/// @param body bytes of a message
/// @param pushers connections that push
/// @param settings `--belfry.…=…` as for a node, to sign tokens as it does
record BenchOptions(
    URI url,
    int users,
    int rate,
    Duration duration,
    Duration warmup,
    int body,
    int pushers,
    List<String> settings) {

  static final String USAGE =
      """
      Usage: bench [--url http://127.0.0.1:8080] [--users 1000] [--rate 5000 | 0 for the maximum]
                   [--duration 10s] [--warmup 5s] [--body 200] [--pushers 32] [--SETTING=VALUE]...
      Tokens are signed with the secret of the settings that a node started here would have.\
      """;

  static BenchOptions parse(List<String> arguments) {
    URI url = URI.create("http://127.0.0.1:8080");
    int users = 1000;
    int rate = 5000;
    Duration duration = Duration.ofSeconds(10);
    Duration warmup = Duration.ofSeconds(5);
    int body = 200;
    int pushers = 32;
    List<String> settings =
        arguments.stream().filter(a -> a.startsWith("--belfry.") || a.contains("spring.")).toList();
    for (int i = 0; i < arguments.size(); i++) {
      String name = arguments.get(i);
      if (settings.contains(name)) {
        continue;
      }
      if (i + 1 == arguments.size()) {
        throw new InvalidInputException(name, "The option " + name + " needs a value.");
      }
      String value = arguments.get(++i);
      switch (name) {
        case "--url" -> url = URI.create(value);
        case "--users" -> users = number(name, value, 1);
        case "--rate" -> rate = number(name, value, 0);
        case "--duration" -> duration = seconds(name, value);
        case "--warmup" -> warmup = seconds(name, value);
        case "--body" -> body = number(name, value, 64);
        case "--pushers" -> pushers = number(name, value, 1);
        default -> throw new InvalidInputException(name, "There is no option " + name + ".");
      }
    }
    return new BenchOptions(url, users, rate, duration, warmup, body, pushers, settings);
  }

  private static Duration seconds(String name, String value) {
    return Duration.ofSeconds(
        number(name, value.endsWith("s") ? value.substring(0, value.length() - 1) : value, 0));
  }

  private static int number(String name, String value, int least) {
    if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) < least) {
      throw new InvalidInputException(
          name, "The option " + name + " takes a whole number of at least " + least + ".");
    }
    return Integer.parseInt(value);
  }
}
