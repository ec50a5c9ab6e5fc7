package io.belfry.transport.stomp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One frame of a client. Of headers that are repeated the first counts, as STOMP has it.
///
/// @param command what is asked for
/// @param headers names and values by turns, unescaped
/// @param body empty where there is none
record StompFrame(ClientCommand command, List<String> headers, byte[] body) {
  /// The value of a header, or null where it is not there.
  @Nullable String header(String name) {
    return header(headers, name);
  }

  static @Nullable String header(List<String> headers, String name) {
    for (int i = 0; i < headers.size(); i += 2) {
      if (headers.get(i).equals(name)) {
        return headers.get(i + 1);
      }
    }
    return null;
  }

  /// The value of a header whose name may be written in any case, or null where it is not there.
  @Nullable String headerOfAnyCase(String name) {
    for (int i = 0; i < headers.size(); i += 2) {
      if (headers.get(i).equalsIgnoreCase(name)) {
        return headers.get(i + 1);
      }
    }
    return null;
  }

  /// The value of a header.
  ///
  /// @throws StompException where it is not there
  String required(String name) {
    String value = header(name);
    if (value == null) {
      throw StompException.protocol(command + " needs the header " + name + ".");
    }
    return value;
  }

  @Nullable String receipt() {
    return header("receipt");
  }

  /// The same without the spaces around its headers.
  StompFrame unpadded() {
    return new StompFrame(command, headers.stream().map(String::strip).toList(), body);
  }

  /// All headers, their names in lower case.
  Map<String, String> headersByLowerCaseName() {
    Map<String, String> all = LinkedHashMap.newLinkedHashMap(headers.size() / 2);
    for (int i = 0; i < headers.size(); i += 2) {
      all.putIfAbsent(headers.get(i).toLowerCase(Locale.ROOT), headers.get(i + 1));
    }
    return all;
  }
}
