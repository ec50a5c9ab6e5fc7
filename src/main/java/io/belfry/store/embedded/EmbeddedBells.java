package io.belfry.store.embedded;

import io.belfry.core.log.Bell;
import io.belfry.core.log.Bells;
import io.belfry.core.log.Destination;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who listens to which log of this node. The committer alone rings, so bells come one at a time
/// and in the order of the store.
final class EmbeddedBells implements Bells {
  private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedBells.class);

  private final Map<Destination, OneListening> listenings = new ConcurrentHashMap<>();

  @Override
  public Listening listen(Destination destination, Consumer<Bell> listener) {
    OneListening listening = new OneListening(destination, listener);
    if (listenings.putIfAbsent(destination, listening) != null) {
      throw new IllegalStateException(destination + " is listened to already");
    }
    return listening;
  }

  boolean isListenedTo(Destination destination) {
    return listenings.containsKey(destination);
  }

  void ring(Destination destination, Bell bell) {
    OneListening listening = listenings.get(destination);
    if (listening != null) {
      listening.ring(bell);
    }
  }

  void ringAll(Bell bell) {
    listenings.values().forEach(listening -> listening.ring(bell));
  }

  private final class OneListening implements Listening {
    private final Destination destination;
    private final Consumer<Bell> listener;
    // Once closed, nothing rings any more: closing waits for a ring that is under way.
    private final ReentrantLock ringing = new ReentrantLock();
    private boolean closed;

    OneListening(Destination destination, Consumer<Bell> listener) {
      this.destination = destination;
      this.listener = listener;
    }

    void ring(Bell bell) {
      ringing.lock();
      try {
        if (!closed) {
          listener.accept(bell);
        }
      } catch (RuntimeException e) {
        LOGGER.error("Who listens to {} failed at a bell.", destination, e);
      } finally {
        ringing.unlock();
      }
    }

    @Override
    public void close() {
      listenings.remove(destination, this);
      ringing.lock();
      try {
        closed = true;
      } finally {
        ringing.unlock();
      }
    }
  }
}
