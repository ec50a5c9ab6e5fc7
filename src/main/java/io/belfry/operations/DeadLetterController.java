package io.belfry.operations;

import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.DeadLetters;
import io.belfry.core.log.Store;
import io.belfry.transport.http.EntryJson;
import io.belfry.transport.http.ReadRange;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// The dead letters: a list of them, and the way back to the device that refused one.
@RestController
class DeadLetterController {
  private static final int PAGE = 50;

  private final DeadLetters deadLetters;
  private final JsonMapper json;

  DeadLetterController(Store store, JsonMapper json) {
    this.deadLetters = store.deadLetters();
    this.json = json;
  }

  @GetMapping(path = "/dead-letters", produces = MediaType.APPLICATION_JSON_VALUE)
  void list(
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String limit,
      HttpServletResponse response)
      throws IOException {
    ReadRange range = ReadRange.of(after, limit);
    long position = range.after() == null ? 0 : range.after();
    int left = range.limit();
    List<DeadLetter> page = deadLetters.after(position, Math.min(left, PAGE));
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    OutputStream out = response.getOutputStream();
    char before = '[';
    while (!page.isEmpty()) {
      for (DeadLetter letter : page) {
        out.write(before);
        before = ',';
        write(letter, out);
      }
      left -= page.size();
      long last = page.getLast().offset();
      page = left == 0 ? List.of() : deadLetters.after(last, Math.min(left, PAGE));
    }
    out.write((before == '[' ? "[]" : "]").getBytes(StandardCharsets.US_ASCII));
  }

  @PostMapping("/dead-letters/{offset:[0-9]{1,18}}/redeliver")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void redeliver(@PathVariable long offset) {
    if (!deadLetters.redeliver(offset)) {
      throw new ErrorResponseException(HttpStatus.NOT_FOUND);
    }
  }

  // Of these strings, only the reason may have characters in it that JSON escapes.
  private void write(DeadLetter letter, OutputStream out) throws IOException {
    String start =
        "{\"offset\":%d,\"destination\":\"%s\",\"user\":\"%s\",\"device\":\"%s\",\"deliveries\":%d,\"reason\":%s,\"entry\":"
            .formatted(
                letter.offset(),
                letter.key().destination().path(),
                letter.key().user(),
                letter.key().device(),
                letter.deliveries(),
                json.writeValueAsString(letter.reason()));
    out.write(start.getBytes(StandardCharsets.UTF_8));
    out.write(EntryJson.of(letter.entry()));
    out.write('}');
  }
}
