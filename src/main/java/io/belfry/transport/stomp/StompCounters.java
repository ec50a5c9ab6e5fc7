package io.belfry.transport.stomp;

import io.belfry.core.delivery.CloseReason;
import io.belfry.transport.Packet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// What STOMP did on this node since the start, for metrics.
public final class StompCounters {
  final LongAdder framesIn = new LongAdder();
  final LongAdder framesOut = new LongAdder();
  final LongAdder bytesIn = new LongAdder();
  final LongAdder bytesOut = new LongAdder();
  private final Map<CloseReason, LongAdder> errors = new EnumMap<>(CloseReason.class);
  private final Map<CloseReason, LongAdder> closes = new EnumMap<>(CloseReason.class);

  StompCounters() {
    for (CloseReason reason : CloseReason.values()) {
      errors.put(reason, new LongAdder());
      closes.put(reason, new LongAdder());
    }
  }

  void written(List<Packet> frames) {
    int bytes = 0;
    for (Packet frame : frames) {
      bytes += frame instanceof Packet.Data data ? data.bytes().length : 0;
    }
    framesOut.add(frames.size());
    bytesOut.add(bytes);
  }

  void error(CloseReason reason) {
    adder(errors, reason).increment();
  }

  void close(CloseReason reason) {
    adder(closes, reason).increment();
  }

  /// Frames that clients sent.
  public long framesIn() {
    return framesIn.sum();
  }

  /// Frames that were written, heart-beats included.
  public long framesOut() {
    return framesOut.sum();
  }

  /// Bytes of messages that clients sent, without what carried them.
  public long bytesIn() {
    return bytesIn.sum();
  }

  /// Bytes of frames that were written, without what carried them.
  public long bytesOut() {
    return bytesOut.sum();
  }

  /// `ERROR` frames with the code of this reason.
  public long errors(CloseReason reason) {
    return adder(errors, reason).sum();
  }

  /// Connections that ended for this reason.
  public long closes(CloseReason reason) {
    return adder(closes, reason).sum();
  }

  private static LongAdder adder(Map<CloseReason, LongAdder> adders, CloseReason reason) {
    LongAdder adder = adders.get(reason);
    if (adder == null) {
      throw new IllegalStateException(reason.name());
    }
    return adder;
  }
}
