package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlightTests {
  @ParameterizedTest
  @CsvSource({"30, 0, 30", "30, 1, 60", "30, 2, 120", "30, 3, 240", "30, 4, 300", "30, 99, 300"})
  void comesAgainAtDoublingIntervalsOfAtMostFiveMinutes(int timeout, int timeouts, int interval) {
    assertThat(seconds(timeout, timeouts)).isEqualTo(interval);
  }

  @ParameterizedTest
  @CsvSource({"600, 0", "600, 5"})
  void aTimeOutThatIsLongerStaysAsItIs(int timeout, int timeouts) {
    assertThat(seconds(timeout, timeouts)).isEqualTo(timeout);
  }

  private static long seconds(int timeout, int timeouts) {
    Flight flight = new Flight(1, Flight.Kind.DELIVERED, 1000);
    flight.timeouts = timeouts;
    long due = flight.timeOut(Duration.ofSeconds(timeout).toNanos());
    return Duration.ofNanos(due - 1000).toSeconds();
  }
}
