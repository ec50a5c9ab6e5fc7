package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Entry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Where the cursor stays while its client has not yet what tells of a gap.
class UntoldGapsTests extends DeliveryFixture {
  @Test
  void whoAcknowledgesWhatTellsOfAGapHasNoLaterOneBehind() {
    Cursor cursor = phoneOf();
    Acknowledgements phone = acknowledgements(cursor);
    phone.missed(0, 10);
    register(phone, cursor, 20);
    assertThat(phone.tellLost(20)).isZero();
    // On another connection of the device.
    cursor.settle(List.of(40L), 1);
    phone.missed(20, 30);
    register(phone, cursor);

    phone.acknowledge(20);

    assertThat(cursor.state().settled()).isEqualTo(20);
  }

  @Test
  void whoAcknowledgesWhatTellsOfALaterGapHasNotTheOneBefore() {
    Cursor cursor = phoneOf();
    Acknowledgements phone = acknowledgements(cursor);
    phone.missed(0, 10);
    register(phone, cursor, 20);
    assertThat(phone.tellLost(20)).isZero();
    // On another connection of the device.
    cursor.settle(List.of(15L), 1);
    phone.missed(20, 30);
    register(phone, cursor, 40);
    assertThat(phone.tellLost(40)).isEqualTo(20);

    phone.acknowledge(40);
    assertThat(cursor.state().settled()).isZero();
    phone.acknowledge(20);
    assertThat(cursor.state().settled()).isEqualTo(40);
  }

  @Test
  void theCursorStaysBeforeTheFirstOfTwoGaps() {
    Cursor cursor = phoneOf();
    cursor.settle(List.of(4L, 9L), 1);
    Acknowledgements phone = acknowledgements(cursor);
    phone.missed(0, 3);
    phone.register(List.of(), 4, new Start(0, cursor.state()));

    phone.missed(4, 8);
    phone.register(List.of(), 9, new Start(0, cursor.state()));

    assertThat(cursor.state().settled()).isZero();
    assertThat(phone.tellLost(10)).isZero();
  }

  private static Cursor phoneOf() {
    return new Cursor(new CursorKey(INBOX, "alice", "phone"), _ -> {}, false);
  }

  private Acknowledgements acknowledgements(Cursor cursor) {
    return new Acknowledgements(
        request("phone", AckMode.CLIENT_INDIVIDUAL, () -> {}),
        cursor,
        device("phone"),
        SETTINGS,
        new Counters());
  }

  // What was read up to the last of these, or up to 40 where there is none.
  private static void register(Acknowledgements phone, Cursor cursor, long... offsets) {
    List<Entry> entries =
        LongStream.of(offsets)
            .mapToObj(offset ->
                new Entry(
                    offset, "id", Instant.EPOCH, Instant.MAX, "text/plain", Map.of(), new byte[0]))
            .toList();
    long readUpTo = entries.isEmpty() ? 40 : entries.getLast().offset();
    phone.register(entries, readUpTo, new Start(0, cursor.state()));
  }
}
