package io.belfry.transport.http;

import io.belfry.core.delivery.CursorKeeper;
import io.belfry.core.delivery.Deliveries;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Names;
import io.belfry.core.log.Store;
import io.belfry.security.Caller;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Reads of a log by those whom it is for: what is after an offset, or after the device's cursor. A
/// read acknowledges nothing.
@RestController
class ReadController {
  private final Logs logs;
  private final CursorKeeper cursors;

  ReadController(Store store, Deliveries deliveries) {
    this.logs = store.logs();
    this.cursors = deliveries.cursors();
  }

  @GetMapping(path = "/user/queue/{queue}", produces = MediaType.APPLICATION_JSON_VALUE)
  void readQueue(
      @PathVariable String queue,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String limit,
      @RequestParam @Nullable String device,
      @AuthenticationPrincipal Caller caller,
      HttpServletResponse response)
      throws IOException {
    Destination destination = new Destination.Queue(caller.user(), queue);
    read(key(destination, caller, device), ReadRange.of(after, limit), response);
  }

  @GetMapping(path = "/topic/{topic}", produces = MediaType.APPLICATION_JSON_VALUE)
  void readTopic(
      @PathVariable String topic,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String limit,
      @RequestParam @Nullable String device,
      @AuthenticationPrincipal Caller caller,
      HttpServletResponse response)
      throws IOException {
    Destination destination = new Destination.Topic(topic);
    read(key(destination, caller, device), ReadRange.of(after, limit), response);
  }

  private static CursorKey key(Destination destination, Caller caller, @Nullable String device) {
    String named = device == null || device.isEmpty() ? CursorKey.SHARED : Names.device(device);
    return new CursorKey(destination, caller.user(), named);
  }

  private void read(CursorKey key, ReadRange range, HttpServletResponse response)
      throws IOException {
    EntryArray entries =
        range.after() == null
            ? afterCursor(key, range.limit())
            : EntryArray.of(logs, key.destination(), range);
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    entries.writeTo(response.getOutputStream());
  }

  // As a subscription would have it: without what is settled beyond the cursor, and with what was
  // written to the device before saying so.
  private EntryArray afterCursor(CursorKey key, int limit) {
    long start = cursors.start(key);
    CursorState known = cursors.of(key).get(key.device());
    CursorState state = known == null ? CursorState.at(start) : known;
    return EntryArray.after(
        logs,
        key.destination(),
        start,
        limit,
        entry -> {
          if (state.isSettled(entry.offset())) {
            return EntryArray.Choice.SKIP;
          }
          return entry.offset() <= state.sent()
              ? EntryArray.Choice.SHOW_AS_REDELIVERED
              : EntryArray.Choice.SHOW;
        });
  }
}
