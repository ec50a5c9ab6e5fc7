package io.belfry.transport.mqtt;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// What is kept of a session between connections: its subscriptions, under which identifiers it was
/// sent what it has not acknowledged, and the identifiers of what it has published at QoS 2 and not
/// released. What it has and has not, the device's cursors know.
record SavedSession(List<Saved> subscriptions, List<Sent> sent, List<Integer> unreleased) {
  private static final int VERSION = 1;
  // What is beyond gets another identifier: a device's record has its bounds.
  private static final int MAX_SENT = 1000;
  // Beside the QoS, as in a SUBSCRIBE.
  private static final int NO_LOCAL = 0x04;
  private static final int QOS = 0x03;

  /// One subscription.
  record Saved(String topic, int qos, int identifier, boolean noLocal) {}

  /// A publish that was not acknowledged.
  record Sent(String topic, long offset, int id) {}

  byte[] encoded() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(VERSION);
      out.writeShort(subscriptions.size());
      for (Saved saved : subscriptions) {
        out.writeUTF(saved.topic());
        out.writeByte(saved.qos() | (saved.noLocal() ? NO_LOCAL : 0));
        out.writeInt(saved.identifier());
      }
      List<String> topics = subscriptions.stream().map(Saved::topic).toList();
      List<Sent> known =
          sent.stream().filter(s -> topics.contains(s.topic())).limit(MAX_SENT).toList();
      out.writeShort(known.size());
      for (Sent each : known) {
        out.writeShort(topics.indexOf(each.topic()));
        out.writeLong(each.offset());
        out.writeShort(each.id());
      }
      out.writeShort(unreleased.size());
      for (int id : unreleased) {
        out.writeShort(id);
      }
      return bytes.toByteArray();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /// @throws UncheckedIOException where these bytes are none
  static SavedSession decoded(byte[] record) {
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(record));
      if (in.readByte() != VERSION) {
        throw new IOException("This session was kept by a newer Belfry.");
      }
      int count = in.readUnsignedShort();
      List<Saved> subscriptions = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String topic = in.readUTF();
        int options = in.readByte();
        subscriptions.add(new Saved(topic, options & QOS, in.readInt(), (options & NO_LOCAL) != 0));
      }
      return new SavedSession(subscriptions, sent(in, subscriptions), unreleased(in));
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  private static List<Sent> sent(DataInputStream in, List<Saved> subscriptions) throws IOException {
    int count = in.readUnsignedShort();
    List<Sent> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int place = in.readUnsignedShort();
      if (place >= subscriptions.size()) {
        throw new IOException("Something was sent on a subscription that is not there.");
      }
      String topic = subscriptions.get(place).topic();
      sent.add(new Sent(topic, in.readLong(), in.readUnsignedShort()));
    }
    return sent;
  }

  // Records of an earlier Belfry end before them.
  private static List<Integer> unreleased(DataInputStream in) throws IOException {
    int count = in.available() == 0 ? 0 : in.readUnsignedShort();
    List<Integer> unreleased = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      unreleased.add(in.readUnsignedShort());
    }
    return unreleased;
  }
}
