package io.belfry.transport.http;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.CursorKeeper;
import io.belfry.core.delivery.Deliveries;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Ids;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Names;
import io.belfry.core.log.Session;
import io.belfry.core.log.Store;
import io.belfry.security.Caller;
import io.belfry.settings.NodeName;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Reads of a log by those whom it is for: what is after an offset, or after the device's cursor. A
/// read acknowledges nothing.
@RestController
class ReadController {
  private final Logs logs;
  private final Deliveries deliveries;
  private final CursorKeeper cursors;
  private final String node;

  ReadController(Store store, Deliveries deliveries, NodeName node) {
    this.logs = store.logs();
    this.deliveries = deliveries;
    this.cursors = deliveries.cursors();
    this.node = node.value();
  }

  @GetMapping(path = "/user/queue/{queue}", produces = MediaType.APPLICATION_JSON_VALUE)
  void readQueue(
      @PathVariable String queue,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String limit,
      @RequestParam @Nullable String wait,
      @RequestParam @Nullable String device,
      @AuthenticationPrincipal Caller caller,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Destination destination = new Destination.Queue(caller.user(), queue);
    CursorKey key = key(destination, caller, device);
    read(caller, key, ReadRange.of(after, limit), HeldPoll.patience(wait), request, response);
  }

  @GetMapping(path = "/topic/{topic}", produces = MediaType.APPLICATION_JSON_VALUE)
  void readTopic(
      @PathVariable String topic,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String limit,
      @RequestParam @Nullable String wait,
      @RequestParam @Nullable String device,
      @AuthenticationPrincipal Caller caller,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Destination destination = new Destination.Topic(topic);
    CursorKey key = key(destination, caller, device);
    read(caller, key, ReadRange.of(after, limit), HeldPoll.patience(wait), request, response);
  }

  private static CursorKey key(Destination destination, Caller caller, @Nullable String device) {
    String named = device == null || device.isEmpty() ? CursorKey.SHARED : Names.device(device);
    return new CursorKey(destination, caller.user(), named);
  }

  private void read(
      Caller caller,
      CursorKey key,
      ReadRange asked,
      Duration patience,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    ReadRange range = patience.isZero() ? asked : asked.upTo(logs.last(key.destination()));
    EntryArray entries = entries(key, range);
    List<Entry> passing = List.of();
    if (!patience.isZero() && !entries.hasAny()) {
      refuseWhereGoing(response);
      long until = System.nanoTime() + upToExpiry(patience, caller).toNanos();
      try (HeldPoll poll =
          HeldPoll.open(deliveries, session(key), key, entries.position(), !caller.mayPush())) {
        ClientWatch watch = watch(request, poll);
        while (poll.passing().isEmpty() && !entries.hasAny() && poll.await(until)) {
          entries = entries(key, range);
        }
        passing = poll.passing();
        if (!watch.end()) {
          response.setHeader("Connection", "close");
        }
      }
    }
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    entries.writeTo(response.getOutputStream(), passing);
  }

  private static ClientWatch watch(HttpServletRequest request, HeldPoll poll) {
    return ClientWatch.begin(
        ServletContextRequest.getServletContextRequest(request),
        () -> poll.close(CloseReason.CLIENT_WENT));
  }

  private EntryArray entries(CursorKey key, ReadRange range) {
    return range.after() == null
        ? afterCursor(key, range.limit())
        : EntryArray.of(logs, key.destination(), range);
  }

  // Who is sent away at once and asks again at once would go round in circles.
  private void refuseWhereGoing(HttpServletResponse response) {
    if (deliveries.connections().isDraining()) {
      response.setHeader("Retry-After", "1");
      throw new ErrorResponseException(HttpStatus.SERVICE_UNAVAILABLE);
    }
  }

  private static Duration upToExpiry(Duration patience, Caller caller) {
    Instant now = Instant.now();
    return caller.expires().isBefore(now.plus(patience))
        ? Duration.between(now, caller.expires())
        : patience;
  }

  private Session session(CursorKey key) {
    return new Session(Ids.next(), key.user(), key.device(), "poll", node, Instant.now());
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
