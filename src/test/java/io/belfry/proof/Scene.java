package io.belfry.proof;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A history that is made up, event by event, a millisecond apart: one client, one destination.
final class Scene {
  private static final String CLIENT = "ann/phone";
  private static final String DESTINATION = "/user/ann/queue/q";
  private static final long STEP = 1000;

  private final List<Event> events = new ArrayList<>();
  private final Map<String, Long> offsets = new HashMap<>();
  private long now;
  private boolean isAuto;

  List<Event> events() {
    return List.copyOf(events);
  }

  long offset(String message) {
    return offsets.getOrDefault(message, Event.NONE);
  }

  /// The client is one for which writing settles.
  Scene auto() {
    isAuto = true;
    return this;
  }

  Scene later(long micros) {
    now += micros;
    return this;
  }

  private Scene add(Event event) {
    events.add(event);
    now += STEP;
    return this;
  }

  Scene open(String connection) {
    return add(
        new Event.Opened(now, now, connection, "ws", CLIENT, DESTINATION, isAuto, Temper.TIDY));
  }

  Scene fail() {
    return add(new Event.Failed(now, now, CLIENT, DESTINATION));
  }

  Scene push(String message) {
    return push(message, DESTINATION);
  }

  Scene push(String message, String destination) {
    return accepted(new Event.Sent(now, message, destination, "", 0));
  }

  Scene collapse(String message, String key) {
    return accepted(new Event.Sent(now, message, DESTINATION, key, 0));
  }

  Scene expiring(String message, long ttl) {
    return accepted(new Event.Sent(now, message, DESTINATION, "", ttl));
  }

  Scene send(String message) {
    return add(new Event.Sent(now, message, DESTINATION, "", 0));
  }

  private Scene accepted(Event.Sent sent) {
    add(sent);
    offsets.put(sent.message(), 10L * (offsets.size() + 1));
    return answer(sent.message(), 201, offset(sent.message()));
  }

  Scene answer(String message, int status, long offset) {
    return add(new Event.Answered(now, message, status, offset));
  }

  Scene repeat(String message, long offset) {
    return add(new Event.Repeated(now, message, 200, offset));
  }

  Scene retract(String message) {
    add(new Event.Retracting(now, message));
    return add(new Event.Retracted(now, message));
  }

  Scene deliver(String connection, String message) {
    return deliver(connection, message, offset(message));
  }

  Scene deliver(String connection, String message, long offset) {
    return delivered(connection, message, offset, false, Event.NONE);
  }

  Scene deliverAgain(String connection, String message) {
    return delivered(connection, message, offset(message), true, Event.NONE);
  }

  Scene deliverAfterGap(String connection, String message) {
    return delivered(connection, message, offset(message), false, 1);
  }

  private Scene delivered(
      String connection, String message, long offset, boolean isAgain, long gap) {
    return add(
        new Event.Delivered(now, connection, CLIENT, DESTINATION, offset, message, isAgain, gap));
  }

  Scene ack(String connection, String message) {
    return acknowledged(connection, message, false);
  }

  Scene ackUpTo(String connection, String message) {
    return acknowledged(connection, message, true);
  }

  private Scene acknowledged(String connection, String message, boolean upTo) {
    return add(new Event.Acknowledged(now, connection, CLIENT, DESTINATION, offset(message), upTo));
  }

  Scene kept(String connection) {
    return add(new Event.Kept(now, connection));
  }

  Scene refuse(String connection, String message) {
    return add(new Event.Refused(now, connection, CLIENT, DESTINATION, offset(message)));
  }

  Scene deadLetter(String message) {
    return add(new Event.DeadLetter(now, CLIENT, DESTINATION, offset(message)));
  }

  Scene close(String connection) {
    return add(new Event.Closed(now, connection, "closed"));
  }

  Scene fault(String name) {
    return add(new Event.Fault(now + STEP, now, name));
  }
}
