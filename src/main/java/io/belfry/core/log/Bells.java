package io.belfry.core.log;

import java.util.function.Consumer;

/// Who listens to which log.
public interface Bells {
  /// One listening; closing it blocks until the store has confirmed that it ended.
  interface Listening extends AutoCloseable {
    @Override
    void close();
  }

  /// Calls `listener` for every bell of this log from now on, in the order of the store, one at a
  /// time, on a thread of the store: the listener must neither block nor be slow. Returns once the
  /// store has confirmed it: what is appended from then on rings. Blocks. For one destination there
  /// is one listening at a time on a node; the caller sees to that.
  ///
  /// @throws StoreUnavailableException where the store cannot take it now
  Listening listen(Destination destination, Consumer<Bell> listener);
}
