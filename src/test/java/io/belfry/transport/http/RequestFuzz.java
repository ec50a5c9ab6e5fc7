package io.belfry.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.belfry.core.log.InvalidInputException;
import java.nio.charset.StandardCharsets;

/// Bodies that acknowledge, and what a query or `Last-Event-ID` says, are understood or refused
/// with a sentence.
class RequestFuzz {
  private static final long MAX_OFFSET = (1L << 53) - 1;

  @FuzzTest
  void isUnderstoodOrRefused(byte[] bytes) {
    unlessRefused(() -> {
      AckBody body = AckBody.parse(bytes);
      assertThat(body.offset()).isNotNegative();
      assertThat(body.device()).matches("[A-Za-z0-9._-]{0,64}");
    });
    String text = new String(bytes, StandardCharsets.UTF_8);
    unlessRefused(() -> {
      Long after = ReadRange.of(text, text).after();
      assertThat(after).satisfiesAnyOf(a -> assertThat(a).isNull(), RequestFuzz::isOffset);
    });
    unlessRefused(() -> assertThat(ReadRange.of(null, text).limit()).isBetween(1, 1000));
  }

  private static void isOffset(Long after) {
    assertThat(after).isBetween(0L, MAX_OFFSET);
  }

  private static void unlessRefused(Runnable use) {
    try {
      use.run();
    } catch (InvalidInputException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }
}
