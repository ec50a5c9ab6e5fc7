package io.belfry.transport.mqtt;

import io.belfry.transport.Inflow;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts whole packets out of what comes. It gathers no more than one packet may have, as its bytes
/// come, and nothing while none is under way; a client that sends byte by byte costs a look at a
/// length each, not another decoding.
final class PacketReader implements Inflow.Reader<byte[]> {
  private static final byte[] NONE = {};
  private static final byte CONNECT = 0x10;
  private static final int MAX_LENGTH_BYTES = 4;

  private final int maxBytes;
  private byte[] gathered = NONE;
  private int at;
  private int end;
  private boolean begun;

  /// @param maxBytes of a packet, its fixed header included
  PacketReader(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public void feed(byte[] bytes, boolean text) {
    if (text) {
      throw MqttException.of(Reasons.MALFORMED, "MQTT is binary, on WebSockets too.");
    }
    if (at == end) {
      gathered = bytes;
      at = 0;
      end = bytes.length;
      return;
    }
    int left = end - at;
    byte[] more = gathered;
    if (left + bytes.length > gathered.length) {
      more = new byte[Math.max(left + bytes.length, Math.min(2 * left, maxBytes))];
    }
    System.arraycopy(gathered, at, more, 0, left);
    System.arraycopy(bytes, 0, more, left, bytes.length);
    gathered = more;
    at = 0;
    end = left + bytes.length;
  }

  @Override
  public byte @Nullable [] next() {
    // Another protocol is told from this one by its first byte, not by waiting for its rest.
    if (!begun && at < end && gathered[at] != CONNECT) {
      throw MqttException.of(Reasons.PROTOCOL_ERROR, "The first packet is CONNECT.");
    }
    int length = 0;
    for (int i = 1; ; i++) {
      if (at + i >= end) {
        return nothing();
      }
      byte digit = gathered[at + i];
      length += (digit & 0x7F) << (7 * (i - 1));
      if (digit >= 0) {
        return packet(i + 1, length);
      }
      if (i == MAX_LENGTH_BYTES) {
        throw MqttException.of(Reasons.MALFORMED, "The length of a packet does not end.");
      }
    }
  }

  private byte @Nullable [] packet(int head, int length) {
    if (head + length > maxBytes) {
      throw MqttException.of(Reasons.TOO_LARGE, "A packet has at most " + maxBytes + " bytes.");
    }
    if (end - at < head + length) {
      return nothing();
    }
    byte[] packet = Arrays.copyOfRange(gathered, at, at + head + length);
    begun = true;
    at += packet.length;
    nothing();
    return packet;
  }

  private byte @Nullable [] nothing() {
    if (at == end) {
      clear();
    }
    return null;
  }

  @Override
  public boolean hasMore() {
    return at < end;
  }

  @Override
  public void clear() {
    gathered = NONE;
    at = 0;
    end = 0;
  }
}
