package io.belfry.bench;

import io.belfry.bench.BenchOptions.Door;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// A user who is subscribed by STOMP on TCP, by MQTT or by server-sent events, and forgets what
/// comes.
final class IdleClient implements Client {
  private static final byte[] NOTHING = {};

  // MQTT 3.1.1: a clean session with user name and password, no keep-alive.
  private static final int CONNECT = 0x10;
  private static final byte[] CONNECT_3_1_1 = {0, 4, 'M', 'Q', 'T', 'T', 4, (byte) 0xC2, 0, 0};
  private static final int CONNACK_LENGTH = 4;
  private static final int SUBSCRIBE = 0x82;
  private static final byte[] PACKET_ID_1 = {0, 1};
  private static final byte[] QOS_1 = {1};
  private static final byte[] SUBACK = {(byte) 0x90, 3, 0, 1, 1};

  private final BenchOptions options;
  private final String user;
  private final String token;
  private final Tally tally;
  private final CountDownLatch ready;
  private final Socket socket = new Socket();
  private volatile boolean closed;

  IdleClient(BenchOptions options, String user, String token, Tally tally, CountDownLatch ready) {
    this.options = options;
    this.user = user;
    this.token = token;
    this.tally = tally;
    this.ready = ready;
  }

  @Override
  public void run() {
    boolean connected = false;
    try {
      Sockets.connect(socket, options.url());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      open(options.door(), in);
      connected = true;
      tally.connected.incrementAndGet();
      ready.countDown();
      while (in.read() >= 0) {
        // Signs of life, mostly.
      }
      complain("closed by the server");
    } catch (IOException gone) {
      complain(String.valueOf(gone.getMessage()));
    }
    if (connected) {
      tally.connected.decrementAndGet();
    } else {
      ready.countDown();
    }
  }

  private void open(Door door, DataInputStream in) throws IOException {
    switch (door) {
      case STOMP -> openStomp(in);
      case MQTT -> openMqtt(in);
      case SSE -> openEventStream(in);
      case WEBSOCKET -> throw new IllegalStateException("Subscriber speaks this.");
    }
  }

  private void openStomp(DataInputStream in) throws IOException {
    write(
        "CONNECT\naccept-version:1.2\nhost:bench\nAuthorization:Bearer "
            + token
            + "\n\n\0SUBSCRIBE\nid:0\ndestination:"
            + options.destination()
            + "\nack:client\nreceipt:ready\n\n\0");
    String line = Sockets.line(in);
    while (!line.endsWith("RECEIPT")) {
      if (line.startsWith("ERROR")) {
        throw new IOException(Sockets.line(in));
      }
      line = Sockets.line(in);
    }
  }

  private void openMqtt(DataInputStream in) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(packet(CONNECT, CONNECT_3_1_1, List.of("bench", user, token), NOTHING));
    byte[] answer = in.readNBytes(CONNACK_LENGTH);
    if (answer.length < CONNACK_LENGTH || answer[CONNACK_LENGTH - 1] != 0) {
      throw new IOException("the MQTT CONNECT was refused");
    }
    String filter = options.destination().substring(1);
    out.write(packet(SUBSCRIBE, PACKET_ID_1, List.of(filter), QOS_1));
    if (!Arrays.equals(in.readNBytes(SUBACK.length), SUBACK)) {
      throw new IOException("the MQTT SUBSCRIBE was refused");
    }
  }

  private static byte[] packet(int type, byte[] head, List<String> texts, byte[] tail)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream rest = new DataOutputStream(bytes);
    rest.write(head);
    for (String text : texts) {
      rest.writeUTF(text);
    }
    rest.write(tail);
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(type);
    int left = bytes.size();
    while (left >= 128) {
      packet.write(left % 128 | 128);
      left /= 128;
    }
    packet.write(left);
    bytes.writeTo(packet);
    return packet.toByteArray();
  }

  private void openEventStream(DataInputStream in) throws IOException {
    write(
        "GET "
            + options.destination()
            + "?device=bench HTTP/1.1\r\nHost: "
            + options.url().getAuthority()
            + "\r\nAccept: text/event-stream\r\nAuthorization: Bearer "
            + token
            + "\r\n\r\n");
    String status = Sockets.line(in);
    if (!status.contains(" 200 ")) {
      throw new IOException("the stream was refused: " + status);
    }
    while (!Sockets.line(in).isEmpty()) {
      // The headers of the answer say nothing that is needed.
    }
  }

  private void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private void complain(String sentence) {
    if (!closed) {
      tally.complain("A user's connection ended: " + sentence);
    }
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
