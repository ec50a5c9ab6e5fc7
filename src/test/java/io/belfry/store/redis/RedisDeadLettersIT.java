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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/// Dead letters where something happens between two of the commands that one change takes.
class RedisDeadLettersIT {
  private static final Destination INBOX = new Destination.Queue("alice", "q");
  private static final CursorKey PHONE = new CursorKey(INBOX, "alice", "phone");

  private static final String NOTES = new String(LogKeys.of(INBOX).notes(), StandardCharsets.UTF_8);

  @TempDir Path directory;

  // What happens before the command that is so many after the next one; then it is over.
  private final AtomicReference<@Nullable Runnable> event = new AtomicReference<>();
  private final AtomicInteger commandsBefore = new AtomicInteger();

  private RedisServer server;
  private Servers servers;
  private RedisDeadLetters letters;
  private RedisLogs logs;
  private AppendScript appendScript;

  @BeforeEach
  void open() {
    server = RedisServer.start(directory);
    servers = OpenStores.servers(new RedisStandaloneConfiguration("127.0.0.1", server.port()));
    Link link = Link.connect(WatchedServers.of(servers, command -> step()), null);
    appendScript = new AppendScript(link, Retention.defaults());
    letters = new RedisDeadLetters(link, Retention.defaults());
    logs = new RedisLogs(link, new Appends(appendScript, (log, notes) -> {}), letters);
  }

  @AfterEach
  void close() {
    servers.close();
    server.close();
  }

  @Test
  void whatWasAddedInPartIsAddedAgainAndThereOnce() {
    Entry entry = entry();
    int refusals = 0;
    while (refuses(refusals, () -> letters.add(letter(entry)))) {
      refusals++;
    }

    assertThat(refusals).isGreaterThan(2);
    assertThat(letters.after(0, 10)).hasSize(1);
  }

  @Test
  void whatWasRetractedInPartIsRetractedAgainWithItsDeadLetters() {
    Entry entry = entry();
    letters.add(letter(entry));
    int refusals = 0;
    while (refuses(refusals, () -> logs.retract(INBOX, entry.offset()))) {
      refusals++;
    }

    assertThat(refusals).isGreaterThan(2);
    assertThat(letters.after(0, 10)).isEmpty();
  }

  @Test
  void whatIsRetractedWhileItIsAddedIsNoDeadLetter() {
    letters.add(letter(entry()));
    int retracted = 0;
    boolean reached;
    do {
      Entry entry = entry();
      reached =
          reaches(
              retracted++,
              () -> logs.retract(INBOX, entry.offset()),
              () -> letters.add(letter(entry)));
      logs.retract(INBOX, reached ? 0 : entry.offset());
      assertThat(letters.after(0, 10)).hasSize(1);
    } while (reached);

    assertThat(retracted).isGreaterThan(2);
  }

  @Test
  void whatIsRetractedBetweenTwoTriesToAddItIsNoDeadLetter() {
    letters.add(letter(entry()));
    int refusals = 0;
    boolean refused;
    do {
      Entry entry = entry();
      refused = refuses(refusals++, () -> letters.add(letter(entry)));
      logs.retract(INBOX, entry.offset());
      assertThat(letters.add(letter(entry))).isFalse();
      assertThat(letters.after(0, 10)).hasSize(1);
    } while (refused);

    assertThat(refusals).isGreaterThan(2);
  }

  @Test
  void whatIsAddedInPartAlthoughItIsRetractedGoesWhenItIsAddedAgain() {
    letters.add(letter(entry()));
    Entry entry = entry();
    AtomicInteger found = new AtomicInteger();
    // Before it is written down; what follows that is refused.
    Runnable retraction =
        () -> {
          logs.retract(INBOX, entry.offset());
          commandsBefore.set(1);
          event.set(() -> {
            found.set(letters.after(0, 10).size());
            throw new RedisException("away");
          });
        };
    assertThatThrownBy(() -> reaches(1, retraction, () -> letters.add(letter(entry))))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(found).hasValue(2);

    assertThat(letters.add(letter(entry))).isFalse();
    assertThat(letters.after(0, 10)).hasSize(1);
  }

  // Its answer was lost, and with it what it had collapsed.
  @Test
  void whatIsSentAgainStillTellsOfTheDeadLettersOfWhatItCollapsed() {
    for (Map<String, String> headers :
        List.of(Map.of("Topic", "c"), Map.of("Topic", "c", "Idempotency-Key", "k"))) {
      letters.add(letter(entry("Topic", "c")));
      AppendScript.Call call = appendScript.call(push(headers));
      appendScript.run(List.of(call)).join();

      var outcome = appendScript.run(List.of(call.sentAgain())).join().getFirst();
      letters.deleteNoted(INBOX, ((AppendScript.Outcome.Known) outcome).notes()).join();
      assertThat(letters.after(0, 10)).isEmpty();
    }
  }

  @Test
  void aFullServerDeletesTheDeadLettersOfWhatIsRetracted() {
    Entry entry = entry();
    letters.add(letter(entry));
    server.ask(r -> r.configSet("maxmemory", "1"));
    logs.retract(INBOX, entry.offset());

    assertThat(letters.after(0, 10)).isEmpty();
  }

  @Test
  void aFullServerDeletesTheDeadLettersOfWhatIsRetractedThoughItsLogIsGone() {
    Entry entry = entry();
    letters.add(letter(entry));
    String entries = new String(LogKeys.of(INBOX).entries(), StandardCharsets.UTF_8);
    server.ask(r -> r.del(entries));
    server.ask(r -> r.configSet("maxmemory", "1"));
    logs.retract(INBOX, entry.offset());

    assertThat(letters.after(0, 10)).isEmpty();
  }

  // They count among the most that there are: what lives longer would be lost from there.
  @Test
  void whereADeadLetterIsGoesWithItWhenItIsRedeliveredOrRetracted() {
    letters.add(letter(entry()));
    assertThat(letters.redeliver(letters.after(0, 1).getFirst().offset())).isTrue();
    Entry entry = entry();
    letters.add(letter(entry));
    logs.retract(INBOX, entry.offset());

    assertThat(server.<List<String>>ask(r -> r.zrange("belfry:{dead}:p", 0, -1))).isEmpty();
  }

  // Its device was faster.
  @Test
  void whatIsRefusedAgainWhileItIsRedeliveredIsADeadLetterAgain() {
    int steps = 0;
    boolean reached;
    do {
      Entry entry = entry();
      letters.add(letter(entry));
      long offset = letters.after(0, 1).getFirst().offset();
      reached = reaches(steps++, () -> letters.add(letter(entry)), () -> letters.redeliver(offset));
      if (reached) {
        assertThat(letters.after(0, 10)).hasSize(1);
      }
      logs.retract(INBOX, entry.offset());
      assertThat(letters.after(0, 10)).isEmpty();
    } while (reached);

    assertThat(steps).isGreaterThan(2);
  }

  @Test
  void notesOfDeadLettersGoWithThem() {
    Instant later = Instant.now().plus(Retention.defaults().ttl().multipliedBy(2));
    Link link = Link.connect(servers, () -> later);
    letters.add(letter(entry()));
    logs.append(push(Map.of())).join();
    Entry young = entry();
    new RedisDeadLetters(link, Retention.defaults()).add(letter(young));

    assertThat(server.<List<String>>ask(r -> r.zrange(NOTES, 0, -1)))
        .containsExactly(young.offset() + " phone alice");
  }

  @Test
  void aNoteLivesLongerThanItsDeadLetter() {
    Instant later = Instant.now().plus(Retention.defaults().ttl()).minusSeconds(60);
    Link link = Link.connect(servers, () -> later);
    Entry old = entry();
    letters.add(letter(old));
    assertThat(server.<Long>ask(r -> r.pttl(NOTES)))
        .isGreaterThan(Retention.defaults().ttl().toMillis());
    new RedisDeadLetters(link, Retention.defaults()).add(letter(entry()));
    logs.retract(INBOX, old.offset());

    assertThat(letters.after(0, 10)).hasSize(1);
  }

  @Test
  void notesAreBounded() {
    double now = Instant.now().toEpochMilli();
    for (int i = 0; i < 20_000; i += 1000) {
      Object[] notes =
          IntStream.range(i, i + 1000)
              .boxed()
              .flatMap(n -> Stream.<Object>of(now, "gone " + n))
              .toArray();
      server.ask(r -> r.zadd(NOTES, notes));
    }
    Entry entry = entry();
    letters.add(letter(entry));

    assertThat(server.<Long>ask(r -> r.zcard(NOTES))).isEqualTo(20_000);
    logs.retract(INBOX, entry.offset());
    assertThat(letters.after(0, 10)).isEmpty();
  }

  private Entry entry(String... headers) {
    Map<String, String> named = headers.length == 0 ? Map.of() : Map.of(headers[0], headers[1]);
    Appended appended = logs.append(push(named)).join();
    long offset = Objects.requireNonNull(((Appended.Fresh) appended).receipt().offset());
    return Objects.requireNonNull(logs.entry(INBOX, offset));
  }

  private static Push push(Map<String, String> headers) {
    return Push.of(INBOX, headers, new byte[] {1}, Retention.defaults());
  }

  private static DeadLetter letter(Entry entry) {
    return new DeadLetter(0, PHONE, 5, "refused 5 times", entry);
  }

  // Whether it takes so many commands before the one that is refused.
  private boolean refuses(int commands, Runnable change) {
    try {
      return reaches(
          commands,
          () -> {
            throw new RedisException("away");
          },
          change);
    } catch (StoreUnavailableException away) {
      return true;
    }
  }

  // Whether it takes so many commands before the one that this happens before.
  private boolean reaches(int commands, Runnable happening, Runnable change) {
    commandsBefore.set(commands);
    event.set(happening);
    change.run();
    return event.getAndSet(null) == null;
  }

  private void step() {
    Runnable happening = event.get();
    if (happening != null && commandsBefore.getAndDecrement() == 0) {
      event.set(null);
      happening.run();
    }
  }
}
