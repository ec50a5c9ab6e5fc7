package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// What the parts of the [StoreContract] have in common: a store, its clock, and short words for
/// what is done to it.
interface StoreUnderTest {
  Destination INBOX = new Destination.Queue("alice", "inbox");
  Destination NEWS = new Destination.Topic("news");
  CursorKey PHONE = new CursorKey(INBOX, "alice", "phone");
  CursorKey LAPTOP = new CursorKey(INBOX, "alice", "laptop");

  Store store();

  SettableClock clock();

  Retention retention();

  /// Closes the store and opens it again, as after a restart of the node.
  void reopen();

  /// The same, with other settings.
  void reopen(Retention retention);

  /// The same, with a log that keeps so many entries.
  default void keepingAtMost(int entries) {
    Retention before = retention();
    reopen(new Retention(before.ttl(), entries, before.deviceTtl(), before.idempotencyKeep()));
  }

  default void pass(Duration time) {
    clock().advance(time);
  }

  default CursorKey device(int number) {
    return new CursorKey(INBOX, "alice", "device-" + number);
  }

  /// A push of `text`, with headers as name, value, name, value, …
  default Push push(Destination destination, String text, String... headers) {
    Map<String, String> all = new TreeMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1]);
    }
    return Push.of(destination, all, text.getBytes(StandardCharsets.UTF_8), retention());
  }

  default Appended appended(Push push) {
    return store().logs().append(push).join();
  }

  /// Appends and says where it is.
  default long append(Destination destination, String text, String... headers) {
    Receipt receipt = ((Appended.Fresh) appended(push(destination, text, headers))).receipt();
    return Objects.requireNonNull(receipt.offset());
  }

  default Batch after(Destination destination, long position) {
    return store().logs().after(destination, position, 10_000, Long.MAX_VALUE);
  }

  /// The texts of all that is in a log.
  default List<String> texts(Destination destination) {
    return texts(after(destination, 0));
  }

  default List<String> texts(Batch batch) {
    return batch.entries().stream().map(StoreUnderTest::text).toList();
  }

  default @Nullable Entry entry(Destination destination, long offset) {
    return store().logs().entry(destination, offset);
  }

  default Cursors.Opened open(CursorKey key, From from) {
    return store().cursors().open(key, from);
  }

  default Cursors.Opened open(CursorKey key) {
    return open(key, new From.Cursor());
  }

  default void settle(CursorKey key, long offset) {
    store().cursors().merge(Map.of(key, CursorState.at(offset)));
  }

  default CursorState cursor(CursorKey key) {
    return present(store().cursors().of(key.destination(), key.user()).get(key.device()));
  }

  /// What has to be there.
  default <T> T present(@Nullable T value) {
    assertThat(value).isNotNull();
    return Objects.requireNonNull(value);
  }

  static String text(Entry entry) {
    return new String(entry.body(), StandardCharsets.UTF_8);
  }

  /// Runs all at the same time, a hundred at most, and answers what they answer. On platform
  /// threads: virtual ones that go round in circles would keep the others from running.
  default <T> List<T> together(List<? extends Callable<T>> tasks) throws Exception {
    List<T> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(100)) {
      for (Future<T> answer : threads.invokeAll(tasks)) {
        answers.add(answer.get());
      }
    }
    assertThat(answers).hasSameSizeAs(tasks);
    return answers;
  }
}
