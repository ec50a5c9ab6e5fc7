package io.belfry.proof;

import java.io.IOException;

/// A way by which messages come.
enum Door {
  WEBSOCKET("ws") {
    @Override
    Link open(Place place, Client client) throws IOException, InterruptedException {
      return StompLink.open(WebSocketWire.open(place.webSocket()), client);
    }
  },
  TCP("tcp") {
    @Override
    Link open(Place place, Client client) throws IOException, InterruptedException {
      return StompLink.open(TcpWire.open(place.stomp()), client);
    }
  },
  EVENTS("sse") {
    @Override
    Link open(Place place, Client client) throws IOException, InterruptedException {
      return EventLink.open(place, client);
    }
  },
  POLL("poll") {
    @Override
    Link open(Place place, Client client) throws IOException, InterruptedException {
      return PollLink.open(place, client);
    }
  },
  MQTT("mqtt") {
    @Override
    Link open(Place place, Client client) throws IOException, InterruptedException {
      return MqttLink.open(place, client);
    }
  };

  final String word;

  Door(String word) {
    this.word = word;
  }

  /// Connects, subscribes, and returns once the subscriptions stand.
  abstract Link open(Place place, Client client) throws IOException, InterruptedException;
}
