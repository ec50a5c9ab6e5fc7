package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.From;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What wakes a subscription while a look of it waits for the store, which uses up the wake-up.
class WakeUpTests extends DeliveryFixture {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch mayAnswer = new CountDownLatch(1);

  @BeforeEach
  void holdTheStore() {
    store.deadLetters().beforeRedeliveries =
        () -> {
          asked.countDown();
          await(mayAnswer);
          LockSupport.unpark(Thread.currentThread());
          LockSupport.park();
        };
  }

  @AfterEach
  void letGo() {
    mayAnswer.countDown();
  }

  @Test
  void aPassingMessageIsSent() throws Exception {
    Device phone = subscribed("phone", AckMode.AUTO);
    asked.await();
    push("now", Map.of("TTL", "0"));

    mayAnswer.countDown();

    assertThat(phone.await(1)).extracting(DeliveryFixture::text).containsExactly("now");
  }

  @Test
  void aSubscriptionThatIsClosedEnds() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.AUTO, new From.Cursor());
    asked.await();
    subscription.close();

    mayAnswer.countDown();

    Awaitility.await().atMost(Duration.ofSeconds(30)).until(subscription::isOver);
    assertThat(phone.received()).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
