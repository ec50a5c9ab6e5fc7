package io.belfry.proof;

import java.util.ArrayList;
import java.util.List;

/// Who plays: the clients of a few users by all doors, and what services push to.
final class Cast {
  private static final int USERS = 3;
  static final String TOPIC = "/topic/news";

  private static final List<List<Door>> DOORS =
      List.of(
          List.of(Door.WEBSOCKET),
          List.of(Door.TCP),
          List.of(Door.EVENTS),
          List.of(Door.POLL),
          List.of(Door.MQTT),
          List.of(Door.WEBSOCKET, Door.TCP, Door.EVENTS, Door.POLL),
          List.of(Door.WEBSOCKET, Door.TCP),
          List.of(Door.MQTT),
          List.of(Door.values()),
          List.of(Door.EVENTS));
  private static final List<Integer> AUTO = List.of(6, 7, 9);

  private Cast() {}

  static List<Client> clients(int count) {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int kind = i % DOORS.size();
      String user = "u" + i % USERS;
      List<Door> doors = DOORS.get(kind);
      boolean canHaveTwo = !doors.contains(Door.EVENTS) && !doors.contains(Door.POLL);
      List<String> destinations =
          canHaveTwo
              ? List.of(queue(i % USERS), TOPIC)
              : List.of(i % 2 == 0 ? TOPIC : queue(i % USERS));
      clients.add(
          new Client(user, "d" + i, destinations, doors, AUTO.contains(kind), kind % 2 == 1));
    }
    return clients;
  }

  private static String queue(int user) {
    return "/user/u" + user + "/queue/q";
  }

  /// Where services push: mostly to queues.
  static List<String> destinations() {
    return List.of(queue(0), queue(1), queue(2), TOPIC);
  }
}
