package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What every store promises of the devices' records.
interface DeviceRecordsContract extends StoreUnderTest {
  @Test
  default void aRecordIsThereUntilItExpires() {
    assertThat(records().get("alice", "phone")).isNull();
    records().put("alice", "phone", one(), clock().instant().plusSeconds(60));

    pass(Duration.ofSeconds(59));
    assertThat(records().get("alice", "phone")).isEqualTo(one());
    pass(Duration.ofSeconds(1));
    assertThat(records().get("alice", "phone")).isNull();
  }

  @Test
  default void aRecordReplacesTheOneBeforeAndItsExpiry() {
    records().put("alice", "phone", one(), clock().instant().plusSeconds(60));
    records().put("alice", "phone", other(), clock().instant().plusSeconds(600));

    pass(Duration.ofSeconds(61));
    assertThat(records().get("alice", "phone")).isEqualTo(other());
    records().put("alice", "phone", one(), clock().instant().plusSeconds(10));
    pass(Duration.ofSeconds(11));
    assertThat(records().get("alice", "phone")).isNull();
  }

  @Test
  default void aRecordIsItsDevicesAlone() {
    records().put("alice", "phone", one(), clock().instant().plusSeconds(60));

    assertThat(records().get("alice", "laptop")).isNull();
    assertThat(records().get("bob", "phone")).isNull();
    records().remove("bob", "phone");
    assertThat(records().get("alice", "phone")).isEqualTo(one());
  }

  @Test
  default void aRecordThatIsRemovedIsGone() {
    records().put("alice", "phone", one(), clock().instant().plusSeconds(60));
    records().remove("alice", "phone");
    records().remove("alice", "phone");

    assertThat(records().get("alice", "phone")).isNull();
  }

  @Test
  default void aRecordOutlivesARestartAndMayBeLargeOrEmpty() {
    byte[] large = new byte[DeviceRecords.MAX_BYTES];
    records().put("alice", "phone", large, clock().instant().plusSeconds(60));
    records().put("alice", "laptop", new byte[0], clock().instant().plusSeconds(60));
    reopen();

    assertThat(records().get("alice", "phone")).isEqualTo(large);
    assertThat(records().get("alice", "laptop")).isEmpty();
  }

  private static byte[] one() {
    return new byte[] {1, 0, -1};
  }

  private static byte[] other() {
    return new byte[] {2};
  }

  private DeviceRecords records() {
    return store().deviceRecords();
  }
}
