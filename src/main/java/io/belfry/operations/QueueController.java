package io.belfry.operations;

import io.belfry.core.delivery.CursorKeeper;
import io.belfry.core.delivery.Deliveries;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Store;
import io.belfry.transport.http.EntryArray;
import io.belfry.transport.http.ReadRange;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// An operator's look into a user's queue: what is in it, and how far each device is. Moves
/// nothing.
@RestController
class QueueController {
  private final Logs logs;
  private final CursorKeeper cursors;

  QueueController(Store store, Deliveries deliveries) {
    this.logs = store.logs();
    this.cursors = deliveries.cursors();
  }

  @GetMapping(path = "/user/{user}/queue/{queue}", produces = MediaType.APPLICATION_JSON_VALUE)
  void look(
      @PathVariable String user,
      @PathVariable String queue,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String limit,
      HttpServletResponse response)
      throws IOException {
    Destination destination = new Destination.Queue(user, queue);
    EntryArray entries = EntryArray.of(logs, destination, ReadRange.of(after, limit));
    Map<String, CursorState> devices =
        new TreeMap<>(cursors.of(new CursorKey(destination, user, CursorKey.SHARED)));
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    OutputStream out = response.getOutputStream();
    out.write(ascii("{\"entries\":"));
    entries.writeTo(out);
    out.write(ascii(",\"cursors\":"));
    // A device's name needs no escaping; the one that is shared has none.
    out.write(
        ascii(
            devices.entrySet().stream()
                .map(device -> "\"" + device.getKey() + "\":" + device.getValue().settled())
                .collect(Collectors.joining(",", "{", "}}"))));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
