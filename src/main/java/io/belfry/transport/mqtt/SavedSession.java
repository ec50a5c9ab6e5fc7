package io.belfry.transport.mqtt;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// What is kept of a session between connections: its subscriptions. What it has and has not, the
/// device's cursors know.
record SavedSession(List<Saved> subscriptions) {
  private static final int VERSION = 1;

  /// One subscription.
  record Saved(String topic, int qos, int identifier) {}

  byte[] encoded() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(VERSION);
      out.writeShort(subscriptions.size());
      for (Saved saved : subscriptions) {
        out.writeUTF(saved.topic());
        out.writeByte(saved.qos());
        out.writeInt(saved.identifier());
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
        subscriptions.add(new Saved(in.readUTF(), in.readByte(), in.readInt()));
      }
      return new SavedSession(subscriptions);
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }
}
