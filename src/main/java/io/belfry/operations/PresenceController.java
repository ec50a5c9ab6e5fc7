package io.belfry.operations;

import io.belfry.core.delivery.Deliveries;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Names;
import io.belfry.core.log.Presence;
import io.belfry.core.log.Session;
import io.belfry.core.log.Store;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Whether a user is there and what waits for them; and the operators' way to disconnect them.
@RestController
class PresenceController {
  private final Presence presence;
  private final Logs logs;
  private final PendingEntries pending;

  PresenceController(Store store, Deliveries deliveries) {
    this.presence = store.presence();
    this.logs = store.logs();
    this.pending = new PendingEntries(store.logs(), deliveries.cursors());
  }

  /// @param online whether there is any connection
  /// @param sessions the connections, the oldest first
  /// @param queues those that were ever pushed to, by name
  record PresenceView(
      String user, boolean online, List<SessionView> sessions, List<QueueView> queues) {}

  /// @param device empty where the connection named none
  /// @param since when it connected, in milliseconds since the epoch
  record SessionView(String device, String transport, String node, long since) {}

  /// @param last the last offset assigned
  /// @param pending how many entries no device has acknowledged
  record QueueView(String queue, long last, long pending) {}

  @GetMapping(path = "/user/{user}", produces = MediaType.APPLICATION_JSON_VALUE)
  PresenceView presence(@PathVariable String user) {
    Names.user(user);
    List<SessionView> sessions =
        presence.of(user).stream()
            .sorted(Comparator.comparing(Session::since))
            .map(PresenceController::view)
            .toList();
    Map<String, Long> queues = new TreeMap<>(logs.queues(user));
    List<QueueView> views =
        queues.entrySet().stream()
            .map(queue -> view(new Destination.Queue(user, queue.getKey()), queue.getValue()))
            .toList();
    return new PresenceView(user, !sessions.isEmpty(), sessions, views);
  }

  @DeleteMapping("/user/{user}/sessions")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void disconnect(@PathVariable String user) {
    presence.signal(new Presence.Signal.Disconnect(Names.user(user)));
  }

  private static SessionView view(Session session) {
    return new SessionView(
        session.device(), session.transport(), session.node(), session.since().toEpochMilli());
  }

  private QueueView view(Destination.Queue queue, long last) {
    return new QueueView(queue.queue(), last, pending.in(queue));
  }
}
