package io.belfry.transport.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.transport.mqtt.PacketIds.InFlight;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PacketIdsTests {
  private static final int HIGHEST = 65_535;
  private static final String TOPIC = "user/queue/q";

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whereAllAreInFlightOrKeptNoneIsFreeUntilOneIsReleased() {
    int kept = 500;
    PacketIds ids = new PacketIds(HIGHEST);
    ids.keep(
        LongStream.rangeClosed(1, kept)
            .mapToObj(offset -> new SavedSession.Sent("user/queue/other", offset, (int) offset))
            .toList());
    List<Integer> taken =
        LongStream.rangeClosed(1, HIGHEST - kept)
            .mapToObj(offset -> ids.tryTake(sent(offset)))
            .toList();

    assertThat(taken).doesNotHaveDuplicates().allMatch(id -> id > kept && id <= HIGHEST);
    assertThat(ids.tryTake(sent(HIGHEST))).isEqualTo(PacketIds.NONE);

    ids.release(taken.getFirst());
    assertThat(ids.tryTake(sent(HIGHEST))).isEqualTo(taken.getFirst());
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatIsReservedIsForNobodyElseUntilItIsGivenBack() throws Exception {
    PacketIds ids = new PacketIds(3);
    assertThat(ids.reserve(2)).isEqualTo(2);
    assertThat(ids.reserve(2)).isEqualTo(1);
    assertThat(ids.tryTake(sent(1))).isEqualTo(PacketIds.NONE);

    int taken = ids.takeReserved(sent(2));
    ids.giveBack(2);

    assertThat(taken).isNotEqualTo(PacketIds.NONE);
    assertThat(ids.reserve(5)).isEqualTo(2);
    ids.close();
    assertThat(ids.reserve(1)).isZero();
    assertThat(ids.takeReserved(sent(3))).isEqualTo(PacketIds.NONE);
  }

  // Whose it is does not matter here.
  @SuppressWarnings("NullAway")
  private static InFlight sent(long offset) {
    return new InFlight(null, TOPIC, offset);
  }
}
