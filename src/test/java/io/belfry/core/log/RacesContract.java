package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// What stays true while many do many things at the same time.
interface RacesContract extends StoreUnderTest {
  int WRITERS = 32;
  int EACH = 100;

  @Test
  default void everyAppendAppearsOnceAndInOrder() throws Exception {
    List<Callable<Map<String, Long>>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      writers.add(() -> {
        Map<String, Long> offsets = new HashMap<>();
        for (int j = 0; j < EACH; j++) {
          String text = writer + "-" + j;
          offsets.put(text, append(log(writer + j), text));
        }
        return offsets;
      });
    }
    Map<String, Long> all = new HashMap<>();
    together(writers).forEach(all::putAll);
    reopen();

    int seen = 0;
    for (int i = 0; i < 8; i++) {
      Map<String, Integer> latest = new HashMap<>();
      long before = 0;
      for (Entry entry : after(log(i), 0).entries()) {
        String text = StoreUnderTest.text(entry);
        assertThat(entry.offset()).isGreaterThan(before).isEqualTo(all.get(text));
        before = entry.offset();
        String writer = text.substring(0, text.indexOf('-'));
        int number = Integer.parseInt(text.substring(text.indexOf('-') + 1));
        assertThat(latest.getOrDefault(writer, -1)).isLessThan(number);
        latest.put(writer, number);
        seen++;
      }
    }
    assertThat(seen).isEqualTo(WRITERS * EACH);
  }

  @Test
  default void whoReadsBehindTheWritersMissesNothing() throws Exception {
    CountDownLatch writing = new CountDownLatch(8);
    List<Callable<List<Long>>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int writer = i;
      all.add(() -> {
        List<Long> offsets = new ArrayList<>();
        for (int j = 0; j < EACH; j++) {
          offsets.add(append(INBOX, writer + "-" + j));
        }
        writing.countDown();
        return offsets;
      });
    }
    for (int i = 0; i < 4; i++) {
      int limit = 1 + i * 7;
      all.add(() -> readAlong(writing, limit));
    }
    List<List<Long>> answers = together(all);

    List<Long> written = answers.subList(0, 8).stream().flatMap(List::stream).sorted().toList();
    assertThat(written).doesNotHaveDuplicates();
    for (List<Long> read : answers.subList(8, 12)) {
      assertThat(read).isEqualTo(written);
    }
  }

  @Test
  default void noReaderSeesMoreThanALogKeepsNorAHoleUnsaid() throws Exception {
    int most = 20;
    keepingAtMost(most);
    CountDownLatch writing = new CountDownLatch(8);
    List<Callable<List<Long>>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(() -> {
        List<Long> offsets = new ArrayList<>();
        for (int j = 0; j < EACH; j++) {
          offsets.add(append(INBOX, "t"));
        }
        writing.countDown();
        return offsets;
      });
    }
    Set<Long> gaps = new HashSet<>();
    List<Batch> batches = new ArrayList<>();
    all.add(() -> {
      while (writing.getCount() > 0) {
        Batch batch = after(INBOX, 0);
        batches.add(batch);
        gaps.add(batch.trimmed());
      }
      return List.of();
    });
    List<Long> written = together(all).stream().flatMap(List::stream).sorted().toList();

    assertThat(after(INBOX, 0).entries()).hasSize(most);
    for (Batch batch : batches) {
      assertThat(batch.entries()).hasSizeLessThanOrEqualTo(most);
      if (!batch.entries().isEmpty()) {
        // What is between what was dropped and what was read is nothing.
        int first = written.indexOf(batch.entries().getFirst().offset());
        assertThat(batch.trimmed()).isEqualTo(first == 0 ? 0 : written.get(first - 1));
      }
    }
    assertThat(gaps).isNotEmpty();
  }

  @Test
  default void aStartIsEitherBeforeAnAppendOrAfterIt() throws Exception {
    CountDownLatch ready = new CountDownLatch(1);
    List<Callable<Long>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      CursorKey key = new CursorKey(NEWS, "user-" + i, "phone");
      all.add(() -> {
        ready.await();
        return open(key).start();
      });
      all.add(() -> {
        ready.countDown();
        return append(NEWS, "t");
      });
    }
    List<Long> answers = together(all);

    Set<Long> places = new HashSet<>(Set.of(0L));
    for (int i = 1; i < answers.size(); i += 2) {
      places.add(answers.get(i));
    }
    for (int i = 0; i < answers.size(); i += 2) {
      assertThat(places).contains(answers.get(i));
      CursorKey key = new CursorKey(NEWS, "user-" + i / 2, "phone");
      assertThat(open(key).start()).isEqualTo(answers.get(i));
    }
  }

  private List<Long> readAlong(CountDownLatch writing, int limit) {
    List<Long> read = new ArrayList<>();
    long position = 0;
    boolean last;
    do {
      last = writing.getCount() == 0;
      Batch batch;
      do {
        batch = store().logs().after(INBOX, position, limit, Long.MAX_VALUE);
        batch.entries().forEach(entry -> read.add(entry.offset()));
        assertThat(batch.readUpTo()).isGreaterThanOrEqualTo(position);
        position = batch.readUpTo();
      } while (!batch.entries().isEmpty());
    } while (!last);
    return read;
  }

  private static Destination log(int number) {
    return new Destination.Queue("user-" + number % 8, "inbox");
  }
}
