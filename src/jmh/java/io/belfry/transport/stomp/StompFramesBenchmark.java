package io.belfry.transport.stomp;

import io.belfry.core.delivery.AckMode;
import io.belfry.core.delivery.Delivery;
import io.belfry.core.log.ContentType;
import io.belfry.core.log.Entry;
import io.belfry.transport.Packet;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What a STOMP frame costs to read and to make.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StompFramesBenchmark {
  private static final byte[] ACK = ascii("ACK\nid:7-1835008000012345\n\n\0");
  private static final byte[] SEND =
      ascii(
          "SEND\ndestination:/user/alice/queue/notifications\ncontent-type:application/json\n"
              + "content-length:240\nreceipt:r-17\n\n"
              + "x".repeat(240)
              + '\0');

  private final StompReader reader = new StompReader(64 * 1024);
  private final StompSubscription one = subscription("0");
  private final StompSubscription another = subscription("1");
  private final byte[] body = ascii("x".repeat(240));
  private final Delivery shared = delivery();

  public StompFramesBenchmark() {
    reader.speak(StompVersion.V1_2);
  }

  @Benchmark
  public @Nullable Object readAck() {
    return read(ACK);
  }

  @Benchmark
  public @Nullable Object readSend() {
    return read(SEND);
  }

  /// A push to one subscriber.
  @Benchmark
  public Packet.Data messageOfItsOwn() {
    return one.encode(delivery());
  }

  /// A push to many, from the second on.
  @Benchmark
  public Packet.Data messageThatIsShared() {
    return another.encode(shared);
  }

  private @Nullable Object read(byte[] bytes) {
    reader.feed(bytes, true);
    return reader.next();
  }

  private Delivery delivery() {
    Entry entry =
        new Entry(
            1_835_008_000_012_345L,
            "01JABCDEFGHJKMNPQRSTVWXYZ0",
            Instant.EPOCH,
            Instant.MAX,
            ContentType.JSON,
            Map.of("priority", "5"),
            body);
    return new Delivery(entry, false, Delivery.NO_GAP);
  }

  private static StompSubscription subscription(String id) {
    return new StompSubscription(
        id, 7, "/user/queue/notifications", AckMode.CLIENT, 100, StompVersion.V1_2, () -> {});
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
