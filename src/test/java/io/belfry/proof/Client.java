package io.belfry.proof;

import java.util.List;

/// One device of one user: what it is subscribed to, and by which doors it comes.
///
/// @param destinations as a service names them
/// @param auto whether writing an entry to its connection settles it
/// @param cumulative whether it acknowledges all up to an entry, where its door lets it choose
record Client(
    String user,
    String device,
    List<String> destinations,
    List<Door> doors,
    boolean auto,
    boolean cumulative) {

  String name() {
    return user + "/" + device;
  }

  /// A destination as this client has to name it.
  String own(String destination) {
    String prefix = "/user/" + user + "/";
    return destination.startsWith(prefix)
        ? "/user/" + destination.substring(prefix.length())
        : destination;
  }

  /// A destination that this client named, as a service names it.
  String full(String destination) {
    return destination.startsWith("/user/")
        ? "/user/" + user + destination.substring("/user".length())
        : destination;
  }
}
