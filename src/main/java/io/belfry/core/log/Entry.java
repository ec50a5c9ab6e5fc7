package io.belfry.core.log;

import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One message in a log with its metadata. Immutable: nobody changes the bytes of its body.
public final class Entry {
  private final long offset;
  private final String id;
  private final Instant timestamp;
  private final Instant expires;
  private final String contentType;
  private final Map<String, String> headers;
  private final byte[] body;

  // What a transport made of this entry, for the next subscription of the same transport. A race
  // costs one more encoding: what is put here is immutable itself.
  private @Nullable Object encoded;

  /// @param offset its place in the log; 0 for a passing message, which has none
  /// @param id the message's own id
  /// @param timestamp when the store accepted it, in whole milliseconds
  /// @param expires from when on no delivery of it begins
  /// @param contentType of the body
  /// @param headers what is passed on, names in lower case
  /// @param body any bytes
  public Entry(
      long offset,
      String id,
      Instant timestamp,
      Instant expires,
      String contentType,
      Map<String, String> headers,
      byte[] body) {
    this.offset = offset;
    this.id = id;
    this.timestamp = timestamp;
    this.expires = expires;
    this.contentType = contentType;
    this.headers = headers;
    this.body = body;
  }

  /// The entry that `push` becomes at `offset`.
  public static Entry of(Push push, long offset, Instant timestamp) {
    return new Entry(
        offset,
        push.id(),
        timestamp,
        timestamp.plus(push.ttl()),
        push.contentType(),
        push.headers(),
        push.body());
  }

  public long offset() {
    return offset;
  }

  public String id() {
    return id;
  }

  public Instant timestamp() {
    return timestamp;
  }

  public Instant expires() {
    return expires;
  }

  public String contentType() {
    return contentType;
  }

  public Map<String, String> headers() {
    return headers;
  }

  public byte[] body() {
    return body;
  }

  /// What it takes of whatever is bounded in bytes: its headers, which STOMP and MQTT may bring
  /// many of, and its body.
  public int size() {
    return size(headers, body);
  }

  static int size(Map<String, String> headers, byte[] body) {
    int size = body.length;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      size += header.getKey().length() + header.getValue().length();
    }
    return size;
  }

  /// Whether this is a passing message (TTL 0): it has no offset and no acknowledgement.
  public boolean isPassing() {
    return offset == 0;
  }

  public boolean isExpired(Instant now) {
    return !isPassing() && !now.isBefore(expires);
  }

  /// What `encoder` makes of this entry, made once for all that ask with the same type. The result
  /// has to be immutable.
  public <T> T encoded(Class<T> type, Function<Entry, T> encoder) {
    Object known = encoded;
    if (type.isInstance(known)) {
      return type.cast(known);
    }
    T made = encoder.apply(this);
    encoded = made;
    return made;
  }

  @Override
  public String toString() {
    return "Entry[" + offset + ", " + id + ", " + contentType + ", " + body.length + " bytes]";
  }
}
