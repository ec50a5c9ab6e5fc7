package io.belfry.core.log;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// What every store promises. An adapter's test extends this and says how to open one.
public abstract class StoreContract
    implements LogsContract,
        RetentionContract,
        IdempotencyContract,
        BellsContract,
        CursorStartsContract,
        CursorsContract,
        DeadLettersContract,
        DeviceRecordsContract,
        PresenceContract,
        RacesContract {
  private final SettableClock clock = new SettableClock();
  private Retention retention = Retention.defaults();
  private @Nullable Store store;

  /// Opens the store of this test: an empty one at first, afterwards with what was put into it.
  protected abstract Store open(Retention settings, InstantSource time);

  @BeforeEach
  void openFirst() {
    store = open(retention, clock);
  }

  @AfterEach
  void closeLast() {
    store().close();
  }

  @Override
  public Store store() {
    if (store == null) {
      throw new IllegalStateException("not open");
    }
    return store;
  }

  @Override
  public SettableClock clock() {
    return clock;
  }

  @Override
  public Retention retention() {
    return retention;
  }

  @Override
  public void reopen() {
    reopen(retention);
  }

  @Override
  public void reopen(Retention settings) {
    store().close();
    retention = settings;
    store = open(settings, clock);
  }
}
