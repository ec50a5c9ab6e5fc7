package io.belfry.bench;

import io.belfry.core.log.InvalidInputException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a benchmark is asked to do.
///
/// @param load what is done
/// @param door by which users connect: all but the load `idle` need the first
/// @param url of a node, `http://host:port`; of other doors only host and port count
/// @param users how many are connected, each subscribed to a queue of its own or all to one topic
/// @param ack the `ack` header of their subscriptions
/// @param rate pushes a second; 0: as many as are answered
/// @param duration of the load
/// @param warmup before it, not counted
/// @param body bytes of a message
/// @param pushers connections that push
/// @param inFlight pushes to the topic that are on their way at once
/// @param waiting entries that wait for each user who comes back
/// @param pid a process whose CPU time and memory are told, or null
/// @param settings `--belfry.…=…` as for a node, to sign tokens as it does
record BenchOptions(
    Load load,
    Door door,
    URI url,
    int users,
    String ack,
    int rate,
    Duration duration,
    Duration warmup,
    int body,
    int pushers,
    int inFlight,
    int waiting,
    @Nullable Long pid,
    List<String> settings) {

  static final String USAGE =
      """
      Usage: bench [--load push | fanout | batch | return | idle] [--url http://127.0.0.1:8080]
                   [--users 1000] [--ack client | client-individual | auto] [--duration 10s] [--warmup 5s]
                   [--rate 5000 | 0 for the maximum] [--body 200] [--pushers 32] [--in-flight 1] [--waiting 20]
                   [--door websocket | stomp | mqtt | sse] [--pid of a node on this machine] [--SETTING=VALUE]...
        push    services push to users, each message to one of them, at --rate
        fanout  a service pushes to a topic that all subscribe, --in-flight at once; of one, when the last user has it
        batch   services push 1,000 entries a request to users who are not there
        return  --waiting entries are pushed to users who then come all at once
        idle    users are connected and nothing is pushed; by another door with --door and its port in --url
      Tokens are signed with the secret of the settings that a node started here would have.\
      """;

  /// What is done.
  enum Load {
    PUSH,
    FANOUT,
    BATCH,
    RETURN,
    IDLE
  }

  /// By what users are connected: STOMP over WebSocket, STOMP over TCP, MQTT over TCP, server-sent
  /// events.
  enum Door {
    WEBSOCKET,
    STOMP,
    MQTT,
    SSE
  }

  static BenchOptions parse(List<String> arguments) {
    return new Parser().parse(arguments);
  }

  String destination() {
    return load == Load.FANOUT ? "/topic/bench" : "/user/queue/bench";
  }

  /// Reads them one after the other; the fields are the defaults.
  private static final class Parser {
    private static final int MAX_PORT = 65_535;

    private Load load = Load.PUSH;
    private Door door = Door.WEBSOCKET;
    private URI url = URI.create("http://127.0.0.1:8080");
    private int users = 1000;
    private String ack = "client";
    private int rate = 5000;
    private Duration duration = Duration.ofSeconds(10);
    private Duration warmup = Duration.ofSeconds(5);
    private int body = 200;
    private int pushers = 32;
    private int inFlight = 1;
    private int waiting = 20;
    private @Nullable Long pid;

    BenchOptions parse(List<String> arguments) {
      List<String> settings = new ArrayList<>();
      for (int i = 0; i < arguments.size(); i++) {
        String name = arguments.get(i);
        int equals = name.indexOf('=');
        if (name.startsWith("--belfry.") || name.startsWith("--spring.")) {
          settings.add(name);
        } else if (equals > 0) {
          take(name.substring(0, equals), name.substring(equals + 1));
        } else if (i + 1 == arguments.size()) {
          throw new InvalidInputException(name, "The option " + name + " needs a value.");
        } else {
          take(name, arguments.get(++i));
        }
      }
      if (door != Door.WEBSOCKET && load != Load.IDLE) {
        throw new InvalidInputException("--door", "Other doors are for --load idle alone.");
      }
      return new BenchOptions(
          load, door, url, users, ack, rate, duration, warmup, body, pushers, inFlight, waiting,
          pid, settings);
    }

    private void take(String name, String value) {
      switch (name) {
        case "--load" -> load = Load.valueOf(oneOf(name, value, "push|fanout|batch|return|idle"));
        case "--door" -> door = Door.valueOf(oneOf(name, value, "websocket|stomp|mqtt|sse"));
        case "--url" -> url = url(name, value);
        case "--users" -> users = number(name, value, 1);
        case "--ack" ->
            ack = oneOf(name, value, "client|client-individual|auto").toLowerCase(Locale.ROOT);
        case "--rate" -> rate = number(name, value, 0);
        case "--duration" -> duration = atLeastASecond(name, seconds(name, value));
        case "--warmup" -> warmup = seconds(name, value);
        case "--body" -> body = number(name, value, 64);
        case "--pushers" -> pushers = number(name, value, 1);
        case "--in-flight" -> inFlight = number(name, value, 1);
        case "--waiting" -> waiting = number(name, value, 1);
        case "--pid" -> pid = process(name, number(name, value, 1));
        default -> throw new InvalidInputException(name, "There is no option " + name + ".");
      }
    }

    // TLS is not spoken here.
    private static URI url(String name, String value) {
      try {
        URI url = new URI(value);
        if (url.getHost() != null
            && url.getPort() <= MAX_PORT
            && !"https".equals(url.getScheme())) {
          return url;
        }
      } catch (URISyntaxException malformed) {
        // Said below.
      }
      throw new InvalidInputException(name, "The option " + name + " is http://host:port.");
    }

    private static String oneOf(String name, String value, String choices) {
      if (!value.matches(choices)) {
        String sentence = "The option " + name + " is one of " + choices.replace("|", ", ") + ".";
        throw new InvalidInputException(name, sentence);
      }
      return value.toUpperCase(Locale.ROOT);
    }

    private static Duration seconds(String name, String value) {
      if (!value.matches("[0-9]{1,9}s?")) {
        throw new InvalidInputException(
            name, "The option " + name + " takes a number of seconds, such as 10 or 10s.");
      }
      return Duration.ofSeconds(Integer.parseInt(value.replace("s", "")));
    }

    private static Duration atLeastASecond(String name, Duration duration) {
      if (duration.isZero()) {
        throw new InvalidInputException(name, "The option " + name + " is at least 1s.");
      }
      return duration;
    }

    private static long process(String name, long pid) {
      if (ProcessHandle.of(pid).isEmpty()) {
        throw new InvalidInputException(
            name, "The option " + name + " is " + pid + ", and this machine has no such process.");
      }
      return pid;
    }

    private static int number(String name, String value, int least) {
      if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) < least) {
        throw new InvalidInputException(
            name, "The option " + name + " takes a whole number of at least " + least + ".");
      }
      return Integer.parseInt(value);
    }
  }
}
