package io.belfry.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.HexFormat;

/// What this node is called among all nodes: `belfry.node` or the host's name and a random tail.
///
/// @param value 1 to 128 of `A-Z a-z 0-9 . _ -`
public record NodeName(String value) {
  private static final int MAX_HOST = 64;

  static NodeName of(BelfryProperties settings) {
    String given = settings.node();
    return new NodeName(given != null ? given : host() + '-' + tail());
  }

  private static String host() {
    try {
      String host = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-");
      return host.length() > MAX_HOST ? host.substring(0, MAX_HOST) : host;
    } catch (UnknownHostException nameless) {
      return "node";
    }
  }

  private static String tail() {
    byte[] random = new byte[3];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
