package io.belfry.transport.websocket;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// A WebSocket client that does what it is told, right or wrong, and nothing by itself.
public final class RawWebSocket implements AutoCloseable {
  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;

  private static final int PATIENCE_MILLIS = 20_000;
  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final int status;
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  /// A frame as it came.
  public record Frame(int opcode, boolean fin, byte[] payload) {
    public String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    /// The code of a close frame.
    public int code() {
      return ByteBuffer.wrap(payload).getShort() & 0xffff;
    }
  }

  /// Shakes hands.
  ///
  /// @param target the request's target, such as `/ws`
  /// @param headers more of them, each a line
  public RawWebSocket(int port, String target, String... headers) throws IOException {
    this(port, 0, target, headers);
  }

  /// @param receiveBuffer of the socket in bytes, 0: whatever it is
  public RawWebSocket(int port, int receiveBuffer, String target, String... headers)
      throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    StringBuilder request =
        new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n")
            .append("Upgrade: websocket\r\nConnection: Upgrade\r\n")
            .append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
            .append("Sec-WebSocket-Version: 13\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    write(request.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    status = Integer.parseInt(line().split(" ", 3)[1]);
    for (String line = line(); !line.isEmpty(); line = line()) {
      String[] header = line.split(": ?", 2);
      this.headers.put(header[0], header[1]);
    }
  }

  /// The handshake's status.
  public int status() {
    return status;
  }

  /// A header of the handshake's answer, empty where it is not there.
  public String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /// The body of a handshake that was refused.
  public String body() throws IOException {
    return new String(
        in.readNBytes(Integer.parseInt(header("Content-Length"))), StandardCharsets.UTF_8);
  }

  public RawWebSocket send(String text) throws IOException {
    return send(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
  }

  public RawWebSocket send(int opcode, boolean fin, byte[] payload) throws IOException {
    write(frame(opcode, fin, payload));
    return this;
  }

  /// A frame as a client sends it.
  public static byte[] frame(int opcode, boolean fin, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(14 + payload.length);
    frame.put((byte) ((fin ? 0x80 : 0) | opcode));
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 65_536) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    frame.put(MASK);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ MASK[i % 4]));
    }
    byte[] bytes = new byte[frame.position()];
    frame.flip().get(bytes);
    return bytes;
  }

  public void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /// The next frame, whatever it is.
  public Frame readAny() throws IOException {
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    if ((second & 0x80) != 0) {
      throw new IOException("a server masks nothing");
    }
    long length = second & 0x7f;
    length = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
    return new Frame(first & 0x0f, (first & 0x80) != 0, in.readNBytes(Math.toIntExact(length)));
  }

  /// The next frame that is neither a ping nor a heart-beat.
  public Frame read() throws IOException {
    Frame frame = readAny();
    while (frame.opcode() == PING || frame.text().equals("\n")) {
      frame = readAny();
    }
    return frame;
  }

  /// Whether nothing more is to be read.
  public boolean isAtEnd() {
    try {
      return in.read() < 0;
    } catch (IOException reset) {
      return true;
    }
  }

  /// Ends it as a crash of the client's machine would, with a reset.
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed after: " + line);
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
