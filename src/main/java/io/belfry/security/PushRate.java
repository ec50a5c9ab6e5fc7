package io.belfry.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.belfry.core.log.LimitExceededException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How many pushes a second a user may make on this node (`belfry.limits.push-rate`): an even flow,
/// of which a second's worth may come at once. Of each user one number is kept, for as long as it
/// says anything.
public final class PushRate {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_USERS = 100_000;

  private final long interval;
  private final @Nullable Integer perSecond;
  private final LongSupplier nanoTime;
  private final Cache<String, AtomicLong> nextFree;

  /// @param perSecond null: no limit
  public PushRate(@Nullable Integer perSecond) {
    this(perSecond, System::nanoTime);
  }

  PushRate(@Nullable Integer perSecond, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.interval = perSecond == null ? 0 : SECOND / perSecond;
    this.nanoTime = nanoTime;
    this.nextFree =
        Caffeine.newBuilder()
            .maximumSize(MAX_USERS)
            .expireAfterAccess(Duration.ofSeconds(10))
            .ticker(nanoTime::getAsLong)
            .build();
  }

  /// Counts one push of `user`. Does not block.
  ///
  /// @throws LimitExceededException where it is one too many; it is not counted then
  public void count(String user) {
    if (perSecond == null) {
      return;
    }
    long now = nanoTime.getAsLong();
    AtomicLong next = nextFree.get(user, _ -> new AtomicLong(now));
    while (true) {
      long was = next.get();
      long from = was - now < 0 ? now : was;
      if (from - now > SECOND - interval) {
        throw new LimitExceededException(
            "A user may push "
                + (perSecond == 1 ? "once" : perSecond + " times")
                + " a second here (belfry.limits.push-rate).");
      }
      if (next.compareAndSet(was, from + interval)) {
        return;
      }
    }
  }
}
