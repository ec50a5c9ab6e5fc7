package io.belfry.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/// A user who is connected by STOMP over WebSocket, acknowledges each message, and tallies what
/// comes. One whose connection ends comes back, as often as it takes.
final class Subscriber implements Client {
  private static final int TEXT = 0x81;
  private static final int CLOSE = 8;
  private static final int PING = 9;

  private final BenchOptions options;
  private final String token;
  private final Tally tally;
  private final CountDownLatch ready;
  private volatile Socket socket = new Socket();
  private volatile boolean closed;
  private boolean tried;
  private boolean connected;
  private long highest;

  /// On this connection.
  private long last;

  Subscriber(BenchOptions options, String token, Tally tally, CountDownLatch ready) {
    this.options = options;
    this.token = token;
    this.tally = tally;
    this.ready = ready;
  }

  @Override
  public void run() {
    while (!closed) {
      String reason = "";
      try (Socket current = new Socket()) {
        socket = current;
        converse(current);
      } catch (IOException gone) {
        reason = "A user's connection ended: " + Sockets.reason(gone);
      }
      ended(reason);
    }
  }

  private void converse(Socket current) throws IOException {
    Sockets.connect(current, options.url());
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(current.getInputStream(), 4096));
    OutputStream out = current.getOutputStream();
    shakeHands(in, out);
    last = 0;
    send(out, "CONNECT\naccept-version:1.2\nhost:bench\nAuthorization:Bearer " + token + "\n\n\0");
    while (!closed) {
      take(out, message(in, out));
    }
  }

  private void ended(String reason) {
    tried();
    boolean hadBeen = connected;
    if (hadBeen) {
      connected = false;
      tally.connected.decrementAndGet();
    }
    if (!closed) {
      tally.complain(reason);
      if (hadBeen) {
        tally.ended.increment();
      }
      Sockets.pause();
    }
  }

  private void tried() {
    if (!tried) {
      tried = true;
      ready.countDown();
    }
  }

  private void shakeHands(DataInputStream in, OutputStream out) throws IOException {
    String request =
        "GET /ws HTTP/1.1\r\nHost: "
            + options.url().getAuthority()
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: YmVsZnJ5LWJlbmNoLTEyMw==\r\n"
            + "Sec-WebSocket-Protocol: v12.stomp\r\n\r\n";
    out.write(request.getBytes(StandardCharsets.US_ASCII));
    String status = Sockets.line(in);
    if (!status.contains(" 101 ")) {
      throw new IOException("the handshake was refused: " + status);
    }
    while (!Sockets.line(in).isEmpty()) {
      // The headers of the answer say nothing that is needed.
    }
  }

  private void take(OutputStream out, String frame) throws IOException {
    if (frame.startsWith("MESSAGE")) {
      if (!options.ack().equals("auto")) {
        send(out, "ACK\nid:" + header(frame, "\nack:") + "\n\n\0");
      }
      arrived(frame);
    } else if (frame.startsWith("CONNECTED")) {
      send(
          out,
          "SUBSCRIBE\nid:0\ndestination:"
              + options.destination()
              + "\nack:"
              + options.ack()
              + "\nprefetch-count:1000\nreceipt:ready\n\n\0");
    } else if (frame.startsWith("RECEIPT")) {
      connected = true;
      tally.connected.incrementAndGet();
      tried();
    } else if (frame.startsWith("ERROR")) {
      throw new IOException(header(frame, "\nmessage:"));
    }
  }

  private void arrived(String frame) {
    long offset = Long.parseLong(header(frame, "\noffset:"));
    if (offset < last && !isRedelivery(frame)) {
      tally.disordered.increment();
    }
    last = Math.max(last, offset);
    if (offset <= highest) {
      tally.repeated.increment();
      return;
    }
    highest = offset;
    long number = Stamp.number(frame);
    if (number != Stamp.UNCOUNTED) {
      tally.arrived(number, System.nanoTime() - Stamp.due(frame));
    }
  }

  private static boolean isRedelivery(String frame) {
    return header(frame, "\nredelivered:").equals("true");
  }

  private static String header(String frame, String name) {
    int from = frame.indexOf(name);
    return from < 0
        ? "0"
        : frame.substring(from + name.length(), frame.indexOf('\n', from + name.length()));
  }

  private String message(DataInputStream in, OutputStream out) throws IOException {
    while (true) {
      int opcode = in.readUnsignedByte() & 15;
      int length = in.readUnsignedByte() & 127;
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = Math.toIntExact(in.readLong());
      }
      byte[] payload = in.readNBytes(length);
      switch (opcode) {
        case PING -> write(out, 0x8A, payload);
        case CLOSE -> throw new EOFException("closed by the server");
        default -> {
          return new String(payload, StandardCharsets.UTF_8);
        }
      }
    }
  }

  private static void send(OutputStream out, String frame) throws IOException {
    write(out, TEXT, frame.getBytes(StandardCharsets.UTF_8));
  }

  // Masked with zeros: a client has to mask, and that is a mask.
  private static void write(OutputStream out, int first, byte[] payload) throws IOException {
    int head = payload.length < 126 ? 6 : 8;
    byte[] frame = new byte[head + payload.length];
    frame[0] = (byte) first;
    if (payload.length < 126) {
      frame[1] = (byte) (0x80 | payload.length);
    } else {
      frame[1] = (byte) (0x80 | 126);
      frame[2] = (byte) (payload.length >> 8);
      frame[3] = (byte) payload.length;
    }
    System.arraycopy(payload, 0, frame, head, payload.length);
    out.write(frame);
  }

  @Override
  public void close() {
    closed = true;
    try {
      socket.close();
    } catch (IOException alreadyGone) {
      // It is closed, which is what was wanted.
    }
  }
}
