package io.belfry.bench;

import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/// A service that pushes over one HTTP connection, one push after the other. Where the connection
/// ends it makes a new one; what was not answered is not pushed again.
///
/// With a rate, all pushers share one schedule, and a message is stamped with the time that it was
/// due at: what waits for its turn counts as latency.
final class Pusher implements Runnable {
  private final BenchOptions options;
  private final String token;
  private final Tally tally;
  private final AtomicLong sequence;
  private final long start;
  private final long end;

  /// @param sequence numbers the messages of all pushers
  /// @param start when the first is due, of [System#nanoTime]
  /// @param end when none is due any more
  Pusher(
      BenchOptions options, String token, Tally tally, AtomicLong sequence, long start, long end) {
    this.options = options;
    this.token = token;
    this.tally = tally;
    this.sequence = sequence;
    this.start = start;
    this.end = end;
  }

  @Override
  public void run() {
    while (System.nanoTime() < end) {
      try (HttpPusher service = new HttpPusher(options, token)) {
        push(service);
      } catch (IOException gone) {
        tally.complain("A service's connection ended: " + Sockets.reason(gone));
        Sockets.pause();
      }
    }
  }

  private void push(HttpPusher service) throws IOException {
    while (true) {
      long number = sequence.getAndIncrement();
      long due = due(number);
      if (due >= end) {
        return;
      }
      push(service, due, tally.isCounting() ? number + 1 : Stamp.UNCOUNTED);
    }
  }

  private void push(HttpPusher service, long due, long number) throws IOException {
    int user = ThreadLocalRandom.current().nextInt(options.users());
    String path = "/user/" + Users.name(user) + "/queue/bench";
    int status;
    try {
      status = service.push(path, Stamp.body(due, number, options.body()));
    } catch (IOException gone) {
      tally.unanswered("A push was not answered: " + Sockets.reason(gone));
      throw gone;
    }
    if (status != 201) {
      tally.refused(service.refusal(status));
    } else if (number != Stamp.UNCOUNTED) {
      tally.accepted(number);
    }
  }

  private long due(long number) {
    if (options.rate() == 0) {
      return System.nanoTime();
    }
    long due = start + number * Bench.SECOND / options.rate();
    Bench.waitUntil(due);
    return due;
  }
}
