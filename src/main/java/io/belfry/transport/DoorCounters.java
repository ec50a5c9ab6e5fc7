package io.belfry.transport;

import io.belfry.core.delivery.CloseReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// What one transport did on this node since the start, for metrics.
public final class DoorCounters {
  private final String transport;
  private final LongAdder in = new LongAdder();
  private final LongAdder out = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final Map<CloseReason, LongAdder> closes = new EnumMap<>(CloseReason.class);

  /// @param transport as presence and metrics name it
  public DoorCounters(String transport) {
    this.transport = transport;
    for (CloseReason reason : CloseReason.values()) {
      closes.put(reason, new LongAdder());
    }
  }

  public String transport() {
    return transport;
  }

  /// A connection ended.
  public void closed(CloseReason reason) {
    Objects.requireNonNull(closes.get(reason)).increment();
  }

  /// A client sent so many frames.
  public void received(int frames, long bytes) {
    in.add(frames);
    bytesIn.add(bytes);
  }

  /// So many frames were written.
  public void wrote(int frames, long bytes) {
    out.add(frames);
    bytesOut.add(bytes);
  }

  /// Frames that clients sent.
  public long in() {
    return in.sum();
  }

  /// Frames that were written, heart-beats included.
  public long out() {
    return out.sum();
  }

  public long bytesIn() {
    return bytesIn.sum();
  }

  public long bytesOut() {
    return bytesOut.sum();
  }

  /// Connections that ended for this reason.
  public long closes(CloseReason reason) {
    return Objects.requireNonNull(closes.get(reason)).sum();
  }
}
