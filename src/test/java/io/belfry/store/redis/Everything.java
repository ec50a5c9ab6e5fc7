package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Bell;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.From;
import io.belfry.core.log.Presence.Signal;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.core.log.Session;
import io.belfry.core.log.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/// Every script that a store runs and every command that it sends, once at least.
final class Everything {
  /// So few entries that some are dropped.
  static final Retention RETENTION =
      new Retention(Duration.ofDays(1), 3, Duration.ofDays(1), Duration.ofHours(1));

  private static final Destination LOG = new Destination.Queue("ann", "q");
  private static final CursorKey PHONE = new CursorKey(LOG, "ann", "phone");

  private final Servers servers;
  private final Store store;
  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();

  private Everything(Servers servers, Store store) {
    this.servers = servers;
    this.store = store;
  }

  /// Opens a store there, does all and closes it.
  ///
  /// @param cut what ends all listening connections
  static void isDoneOn(Servers servers, Runnable cut) throws Exception {
    try (RedisStore store = RedisStore.open(servers, RETENTION, null)) {
      Everything everything = new Everything(servers, store);
      everything.ringsAndKeeps();
      everything.purgesWhatHasExpired();
      everything.dropsWhatIsTooMuch();
      everything.sendsAgain();
      everything.knowsWhoIsThere();
      everything.hearsAfterACut(cut);
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(store::isUp);
    }
  }

  private void ringsAndKeeps() throws Exception {
    BlockingQueue<Bell> bells = new LinkedBlockingQueue<>();
    try (var _ = store.bells().listen(LOG, bells::add)) {
      long first = append("Topic", "c", "Idempotency-Key", "k");
      assertThat(bells.poll(30, TimeUnit.SECONDS)).isInstanceOf(Bell.Grew.class);
      long second = append("Topic", "c", "TTL", "100");
      assertThat(bells.poll(30, TimeUnit.SECONDS)).isEqualTo(new Bell.Removed(first));
      assertThat(store.cursors().open(PHONE, new From.Cursor()).start()).isZero();
      store.cursors().merge(Map.of(PHONE, CursorState.at(second)));
      assertThat(store.cursors().of(LOG, "ann")).containsKey("phone");
      buries(Objects.requireNonNull(store.logs().entry(LOG, second)));
      store.logs().retract(LOG, second);
      assertThat(store.logs().after(LOG, 0, 10, 1000).entries()).isEmpty();
    }
    assertThat(store.logs().queues("ann")).containsOnlyKeys("q");
  }

  private void buries(Entry entry) {
    store.deadLetters().add(new DeadLetter(0, PHONE, 5, "refused", entry));
    long letter = store.deadLetters().after(0, 10).getFirst().offset();
    assertThat(store.deadLetters().redeliver(letter)).isTrue();
    assertThat(store.deadLetters().redeliveries(PHONE)).containsExactly(entry.offset());
  }

  private void purgesWhatHasExpired() {
    append("TTL", "1");
    Awaitility.await().until(() -> store.logs().after(LOG, 0, 10, 1000).entries().isEmpty());
    append();
  }

  // In the order of their expiry, and not.
  private void dropsWhatIsTooMuch() {
    for (String ttl : Stream.of("900", "50", "800", "700", "600", "500").toList()) {
      append("TTL", ttl);
    }
    assertThat(store.logs().after(LOG, 0, 10, 1000).entries()).hasSize(3);
  }

  private void sendsAgain() {
    AppendScript script = new AppendScript(Link.connect(servers, null), RETENTION);
    AppendScript.Call call = script.call(push());
    var first = script.run(List.of(call)).join();
    assertThat(script.run(List.of(call.sentAgain())).join()).isEqualTo(first);
  }

  private void knowsWhoIsThere() throws Exception {
    store.deviceRecords().put("ann", "phone", new byte[] {1}, Instant.now().plusSeconds(60));
    assertThat(store.deviceRecords().get("ann", "phone")).containsExactly(1);
    store.deviceRecords().remove("ann", "phone");
    Session session = new Session("s", "ann", "phone", "stomp", "one", Instant.now());
    store.presence().opened(session);
    Awaitility.await().until(() -> store.presence().of("ann").size() == 1);
    store.presence().closed(session);
    Awaitility.await().until(() -> store.presence().of("ann").isEmpty());
    store.presence().onSignal((signal, given) -> signals.add(signal));
    store.presence().signal(new Signal.Disconnect("ann"));
    assertThat(signals.poll(30, TimeUnit.SECONDS)).isEqualTo(new Signal.Disconnect("ann"));
  }

  // What was said lately is read again, as some of it may have been missed.
  private void hearsAfterACut(Runnable cut) throws Exception {
    BlockingQueue<Bell> bells = new LinkedBlockingQueue<>();
    try (var _ = store.bells().listen(LOG, bells::add)) {
      cut.run();
      assertThat(bells.poll(30, TimeUnit.SECONDS)).isEqualTo(new Bell.Look());
      assertThat(signals.poll(30, TimeUnit.SECONDS)).isEqualTo(new Signal.Disconnect("ann"));
    }
  }

  private long append(String... headers) {
    return Objects.requireNonNull(
        ((Appended.Fresh) store.logs().append(push(headers)).join()).receipt().offset());
  }

  private static Push push(String... headers) {
    Map<String, String> named =
        Stream.iterate(0, i -> i < headers.length, i -> i + 2)
            .collect(Collectors.toMap(i -> headers[i], i -> headers[i + 1]));
    return Push.of(LOG, named, new byte[] {1}, RETENTION);
  }
}
