package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariant 3: no gap and no double at the turn from backlog to live, whatever the timing.
class HandOverTests extends DeliveryFixture {
  private static final int ROUNDS = 150;
  private static final int PUSHES = 60;

  @ParameterizedTest
  @EnumSource(AckMode.class)
  void everyEntryComesOnceAndInOrderWhileItIsPushed(AckMode mode) throws Exception {
    Random random = new Random(7);
    List<FakeConnection> phones = new ArrayList<>();
    List<Long> expected = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      store.losesBells = false;
      FakeConnection phone = device("phone" + round);
      long pause = random.nextInt(60_000);
      store.beforeRead = () -> LockSupport.parkNanos(pause);
      int loseFrom = random.nextInt(PUSHES);
      int start = expected.size();
      Thread pusher =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < PUSHES; i++) {
                  store.losesBells = i >= loseFrom && i < loseFrom + 3 && i < PUSHES - 1;
                  expected.add(push("" + i));
                  if (i % 7 == 0) {
                    LockSupport.parkNanos(pause);
                  }
                }
              });
      LockSupport.parkNanos(random.nextInt(300_000));
      Subscription subscription = subscribeAndAcknowledge(phone, mode);
      pusher.join();
      long last = expected.getLast();
      phone.await(all -> !all.isEmpty() && all.getLast().entry().offset() == last);
      List<Long> got = phone.offsets();
      assertThat(got).as("round %d", round).isEqualTo(tail(expected, got.getFirst()));
      assertThat(round > 0 || got.size() == expected.size() - start).isTrue();
      phones.add(phone);
      disconnect(phone, subscription);
      deliveries.cursors().acknowledge(subscription.request().cursor(), last);
    }
    assertThat(phones).hasSize(ROUNDS);
  }

  private Subscription subscribeAndAcknowledge(FakeConnection phone, AckMode mode)
      throws InterruptedException {
    Subscription subscription = subscribe(phone, mode);
    Thread.ofVirtual()
        .start(() -> {
          int seen = 0;
          while (phone.reasons.isEmpty()) {
            List<Long> offsets = phone.offsets();
            for (; seen < offsets.size(); seen++) {
              subscription.acknowledge(offsets.get(seen));
            }
            LockSupport.parkNanos(20_000);
          }
        });
    return subscription;
  }

  private static List<Long> tail(List<Long> all, long from) {
    return all.subList(all.indexOf(from), all.size());
  }

  @Test
  void whatIsPushedJustBeforeTheListeningIsConfirmedIsDelivered() throws Exception {
    FakeConnection phone = device("phone");
    store.beforeListening = () -> push("between");

    subscribe(phone, AckMode.AUTO);

    assertThat(phone.await(1)).extracting(DeliveryFixture::text).containsExactly("between");
  }

  @Test
  void aReaderThatIsSlowAndAPusherThatIsFastMeetWithoutAGap() throws Exception {
    FakeConnection phone = device("slow");
    subscribe(phone, AckMode.AUTO);
    phone.block();
    List<Long> expected = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      expected.add(push("" + i));
    }
    phone.unblock();
    for (int i = 0; i < 100; i++) {
      expected.add(push("more " + i));
    }
    phone.await(600);
    assertThat(phone.offsets()).isEqualTo(expected);
  }
}
