package io.belfry.transport.stomp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// A frame of the server, read the way a client reads it; its headers as they were written.
record ServerFrame(String command, Map<String, String> headers, byte[] body, boolean text) {

  static ServerFrame parse(byte[] bytes, boolean text) {
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = all.indexOf("\n\n");
    if (end < 0) {
      return new ServerFrame("", Map.of(), bytes, text);
    }
    String head = new String(bytes, 0, end, StandardCharsets.UTF_8);
    String[] lines = head.split("\n", -1);
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers.putIfAbsent(lines[i].substring(0, colon), lines[i].substring(colon + 1));
    }
    return new ServerFrame(
        lines[0], headers, Arrays.copyOfRange(bytes, end + 2, bytes.length - 1), text);
  }

  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  String bodyText() {
    return new String(body, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return command + headers + bodyText();
  }
}
