package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.core.log.Appended;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.core.log.StoreUnavailableException;
import io.belfry.testing.RedisServer;
import io.lettuce.core.RedisException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/// Dead letters where Redis goes away between two of the commands that one change takes.
class RedisDeadLettersIT {
  private static final Destination INBOX = new Destination.Queue("alice", "q");
  private static final CursorKey PHONE = new CursorKey(INBOX, "alice", "phone");

  @TempDir Path directory;

  // The commands that are refused once each, and then no more.
  private final Set<String> refused = ConcurrentHashMap.newKeySet();

  private RedisServer server;
  private Servers servers;
  private RedisDeadLetters letters;
  private RedisLogs logs;

  @BeforeEach
  void open() {
    server = RedisServer.start(directory);
    servers = OpenStores.servers(new RedisStandaloneConfiguration("127.0.0.1", server.port()));
    Link link = Link.connect(WatchedServers.of(servers, this::refuse), null);
    letters = new RedisDeadLetters(link, Retention.defaults());
    logs =
        new RedisLogs(
            link, new Appends(new AppendScript(link, Retention.defaults()), places -> {}), letters);
  }

  @AfterEach
  void close() {
    servers.close();
    server.close();
  }

  @Test
  void whatWasAddedInPartIsAddedAgainAndThereOnce() {
    Entry entry = entry();
    for (String command : List.of("hdel", "sadd")) {
      refused.add(command);
      assertThatThrownBy(() -> letters.add(letter(entry)))
          .isInstanceOf(StoreUnavailableException.class);
    }
    letters.add(letter(entry));

    assertThat(letters.after(0, 10)).hasSize(1);
  }

  @Test
  void whatWasRetractedInPartIsRetractedAgainWithItsDeadLetters() {
    Entry entry = entry();
    letters.add(letter(entry));
    refused.add("xdel");
    assertThatThrownBy(() -> logs.retract(INBOX, entry.offset()))
        .isInstanceOf(StoreUnavailableException.class);
    logs.retract(INBOX, entry.offset());

    assertThat(letters.after(0, 10)).isEmpty();
  }

  private Entry entry() {
    Appended appended =
        logs.append(Push.of(INBOX, Map.of(), new byte[] {1}, Retention.defaults())).join();
    long offset = Objects.requireNonNull(((Appended.Fresh) appended).receipt().offset());
    return Objects.requireNonNull(logs.entry(INBOX, offset));
  }

  private static DeadLetter letter(Entry entry) {
    return new DeadLetter(0, PHONE, 5, "refused 5 times", entry);
  }

  private void refuse(String command) {
    if (refused.remove(command)) {
      throw new RedisException("away");
    }
  }
}
