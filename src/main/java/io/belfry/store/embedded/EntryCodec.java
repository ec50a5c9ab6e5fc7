package io.belfry.store.embedded;

import io.belfry.core.log.ContentType;
import io.belfry.core.log.Entry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The bytes of an entry: when it expires and which rows belong to it first, so that it can be
/// judged without the rest, its body last, and small for what is usual.
final class EntryCodec {
  private static final int VERSION = 1;
  private static final int HAS_COLLAPSE_KEY = 1;
  private static final int IS_OUT_OF_ORDER = 2;
  private static final int HAS_LOG_HEAD = 4;
  private static final int FLAGS_AT = 1;

  // A content type is its place here plus one, or 0 and its text. Only ever add at the end.
  private static final List<String> KNOWN_TYPES =
      List.of(ContentType.JSON, ContentType.TEXT, ContentType.OCTETS);

  /// What the store needs to know of an entry when it deletes it.
  ///
  /// @param expires in milliseconds
  /// @param collapseKey whose mark may point at it
  /// @param outOfOrder whether it has a mark among the expiries
  record Head(long offset, long expires, @Nullable String collapseKey, boolean outOfOrder) {}

  private EntryCodec() {}

  static byte[] encode(Entry entry, @Nullable String collapseKey, boolean outOfOrder) {
    ByteWriter writer = new ByteWriter(96 + entry.body().length);
    long timestamp = entry.timestamp().toEpochMilli();
    writer
        .u8(VERSION)
        .u8((collapseKey == null ? 0 : HAS_COLLAPSE_KEY) | (outOfOrder ? IS_OUT_OF_ORDER : 0))
        .signed(timestamp - entry.offset() / 1024)
        .varint(entry.expires().toEpochMilli() - timestamp);
    if (collapseKey != null) {
      writer.text(collapseKey);
    }
    writer.text(entry.id());
    int known = KNOWN_TYPES.indexOf(entry.contentType());
    writer.u8(known + 1);
    if (known < 0) {
      writer.text(entry.contentType());
    }
    writer.varint(entry.headers().size());
    for (Map.Entry<String, String> header : entry.headers().entrySet()) {
      writer.text(header.getKey()).text(header.getValue());
    }
    return writer.raw(entry.body()).done();
  }

  /// The same entry with the head of its log in front, as it is after this entry.
  static byte[] withLogHead(byte[] bytes, LogMeta log) {
    ByteWriter writer = new ByteWriter(bytes.length + 48);
    writer.u8(VERSION).u8(bytes[FLAGS_AT] | HAS_LOG_HEAD);
    log.write(writer);
    return writer.raw(bytes, FLAGS_AT + 1).done();
  }

  /// The head of its log, as it was after this entry.
  static LogMeta logHead(long offset, byte[] bytes) {
    ByteReader reader = reader(offset, bytes);
    if ((reader.u8() & HAS_LOG_HEAD) == 0) {
      throw reader.damaged("it does not have its log's head");
    }
    return LogMeta.read(reader);
  }

  static Head head(long offset, byte[] bytes) {
    ByteReader reader = reader(offset, bytes);
    int flags = flags(reader);
    long expires = offset / 1024 + reader.signed() + reader.varint();
    String collapseKey = (flags & HAS_COLLAPSE_KEY) == 0 ? null : reader.text();
    return new Head(offset, expires, collapseKey, (flags & IS_OUT_OF_ORDER) != 0);
  }

  static Entry decode(long offset, byte[] bytes) {
    ByteReader reader = reader(offset, bytes);
    int flags = flags(reader);
    long timestamp = offset / 1024 + reader.signed();
    long expires = timestamp + reader.varint();
    if ((flags & HAS_COLLAPSE_KEY) != 0) {
      var _ = reader.text();
    }
    String id = reader.text();
    String contentType = contentType(reader);
    Map<String, String> headers = headers(reader);
    return new Entry(
        offset,
        id,
        Instant.ofEpochMilli(timestamp),
        Instant.ofEpochMilli(expires),
        contentType,
        headers,
        reader.rest());
  }

  private static ByteReader reader(long offset, byte[] bytes) {
    return new ByteReader("the entry " + offset, bytes).version(VERSION);
  }

  // And goes on to the entry itself.
  private static int flags(ByteReader reader) {
    int flags = reader.u8();
    if ((flags & HAS_LOG_HEAD) != 0) {
      var _ = LogMeta.read(reader);
    }
    return flags;
  }

  private static String contentType(ByteReader reader) {
    int known = reader.u8();
    if (known > KNOWN_TYPES.size()) {
      throw reader.damaged("its content type is unknown");
    }
    return known == 0 ? reader.text() : KNOWN_TYPES.get(known - 1);
  }

  private static Map<String, String> headers(ByteReader reader) {
    int count = reader.count(2);
    if (count == 0) {
      return Map.of();
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      headers.put(reader.text(), reader.text());
    }
    return headers;
  }
}
