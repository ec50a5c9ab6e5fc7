package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.testing.RedisServer;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What Belfry's own user may do in Redis: the lines of docs/running.md, and nothing else.
///
/// @param lines `ACL SETUSER` commands, each adding to the ones before
record AclRule(List<String> lines) {
  static final String USER = "belfry";
  static final String PASSWORD = "secret";

  private static final String START = "    ACL SETUSER ";

  static AclRule ofOneServer() {
    return without("spublish");
  }

  static AclRule onACluster() {
    return without("publish");
  }

  // The lines are for both but for those that ring.
  private static AclRule without(String command) {
    try {
      List<String> found =
          Files.readAllLines(Path.of("docs", "running.md")).stream()
              .filter(line -> line.startsWith(START))
              .map(line -> line.substring(START.length()))
              .toList();
      assertThat(found).hasSizeGreaterThan(2).allMatch(line -> line.startsWith(USER + ' '));
      return new AclRule(found.stream().filter(line -> !line.contains(" +" + command)).toList());
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  /// Makes the user, as an operator does.
  void applyTo(RedisServer server) {
    for (String line : lines) {
      CommandArgs<String, String> words = new CommandArgs<>(StringCodec.UTF8).add("SETUSER");
      words.addValues(line.split(" ", -1));
      server.ask(r -> r.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), words));
    }
  }

  /// Fails where it denied something, or allows a command that none of these servers was asked for.
  void assertIsWhatWasNeeded(Collection<RedisServer> servers) {
    Set<String> called =
        servers.stream()
            .flatMap(server -> server.calls().keySet().stream())
            .collect(Collectors.toSet());
    assertThat(commands()).isSubsetOf(called);
    assertThat(servers)
        .allSatisfy(server ->
            assertThat(server.<List<Map<String, Object>>>ask(r -> r.aclLog()))
                .noneMatch(denied -> USER.equals(denied.get("username"))));
  }

  private List<String> commands() {
    return lines.stream()
        .flatMap(line -> Arrays.stream(line.split(" ", -1)))
        .filter(word -> word.startsWith("+") && !word.startsWith("+@"))
        .map(word -> word.substring(1))
        .toList();
  }
}
