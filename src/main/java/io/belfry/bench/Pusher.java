package io.belfry.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A service that pushes over one HTTP connection, one push after the other.
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
    try (Socket socket = new Socket()) {
      Sockets.connect(socket, options.url());
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(socket.getInputStream(), 4096));
      OutputStream out = socket.getOutputStream();
      while (true) {
        long number = sequence.getAndIncrement();
        long due = due(number);
        if (due >= end) {
          return;
        }
        boolean counts = tally.isCounting();
        out.write(request(due, counts));
        count(answer(in), counts);
      }
    } catch (IOException gone) {
      tally.refused.increment();
    }
  }

  private long due(long number) {
    if (options.rate() == 0) {
      return System.nanoTime();
    }
    long due = start + number * 1_000_000_000L / options.rate();
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return due;
  }

  private void count(int status, boolean counts) {
    if (counts) {
      (status == 201 ? tally.accepted : tally.refused).increment();
    }
  }

  private byte[] request(long due, boolean counts) {
    String text = "{\"m\":\"t=" + due + " c=" + (counts ? 1 : 0) + " ";
    String body = text + "x".repeat(Math.max(0, options.body() - text.length() - 2)) + "\"}";
    int user = ThreadLocalRandom.current().nextInt(options.users());
    String head =
        "POST /user/bench"
            + user
            + "/queue/bench HTTP/1.1\r\nHost: "
            + options.url().getAuthority()
            + "\r\nAuthorization: Bearer "
            + token
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n";
    return (head + body).getBytes(StandardCharsets.US_ASCII);
  }

  private static int answer(DataInputStream in) throws IOException {
    String status = Sockets.line(in);
    int length = 0;
    for (String line = Sockets.line(in); !line.isEmpty(); line = Sockets.line(in)) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
      }
    }
    in.skipNBytes(length);
    return Integer.parseInt(status.substring(9, 12));
  }
}
