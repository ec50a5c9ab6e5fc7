package io.belfry.proof;

import java.net.URI;

/// Where clients and pushers find a node: behind its proxies.
record Place(int http, int stomp, int mqtt) {
  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + http + path);
  }

  URI webSocket() {
    return URI.create("ws://127.0.0.1:" + http + "/ws");
  }
}
