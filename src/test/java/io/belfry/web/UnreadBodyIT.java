package io.belfry.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.RawConnection;
import io.belfry.TestNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bodies that come after the answer, to addresses that do not look at them: the connection stays.
class UnreadBodyIT {
  @TempDir static Path data;
  static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(data);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/,200",
    "OPTIONS,/messages,204",
    "GET,/topic/t,401",
    "GET,/user/queue/q,401",
    "POST,/topic/t,401",
    "POST,/messages,401",
    "POST,/user/queue/q/ack,401",
    "DELETE,/topic/t/1,401",
    "PUT,/messages,405",
  })
  void keepsTheConnection(String method, String path, int status) {
    String head = method + " " + path + " HTTP/1.1\r\nHost: x\r\n";
    try (RawConnection connection = node.connect()) {
      connection.write(head + "Content-Length: 4\r\n\r\n");
      assertThat(connection.read().status()).isEqualTo(status);
      connection.write("1234");

      connection.write(head + "Transfer-Encoding: chunked\r\n\r\n");
      assertThat(connection.read().status()).isEqualTo(status);
      connection.write("4\r\n1234\r\n0\r\n\r\n");

      connection.write(head + "\r\n");
      assertThat(connection.read().status()).isEqualTo(status);
    }
  }
}
