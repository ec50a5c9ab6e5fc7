package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeartBeatTests {
  @ParameterizedTest
  @CsvSource({
    "'0,0',          0,      0",
    "'0,1',          10000,  0",
    "'1,0',          0,      10000",
    "'20000,30000',  30000,  20000",
    "' 10 , 20 ',    10000,  10000",
    "'999999999999999,999999999999999', 999999999999999, 999999999999999"
  })
  void theSlowerOfBothCounts(String header, long toClient, long fromClient) {
    assertThat(HeartBeat.agreed(header, 10_000)).isEqualTo(new HeartBeat(toClient, fromClient));
  }

  @Test
  void withoutTheHeaderThereAreNone() {
    assertThat(HeartBeat.agreed(null, 10_000)).isEqualTo(new HeartBeat(0, 0));
  }
}
