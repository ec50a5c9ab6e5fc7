package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Bell;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Destination;
import org.junit.jupiter.api.Test;

class BellCodecTests {
  @Test
  void looksWhereANewerNodeRingsForWhatIsNotKnownHere() {
    assertThat(BellCodec.decode(LogKeys.bytes("z1 2 3"))).isEqualTo(new Bell.Look());
  }

  @Test
  void readsWhatItWrites() {
    CursorKey key = new CursorKey(Destination.ofService("/user/ann/queue/q"), "ann", "phone");

    assertThat(BellCodec.decode(BellCodec.encode(key, 7)))
        .isEqualTo(new Bell.Acknowledged("ann", "phone", 7));
  }
}
