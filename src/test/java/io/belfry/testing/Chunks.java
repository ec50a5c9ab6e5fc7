package io.belfry.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// The ways in which a network may cut the same bytes. What the bytes are decides where, so that an
/// input which fails does so again.
public final class Chunks {
  private Chunks() {}

  /// As one, byte by byte, and at places of no meaning.
  public static List<List<byte[]>> of(byte[] bytes) {
    return List.of(List.of(bytes.clone()), cut(bytes, 1, 1), cut(bytes, 1, 40));
  }

  private static List<byte[]> cut(byte[] bytes, int least, int most) {
    Random random = new Random(Arrays.hashCode(bytes));
    List<byte[]> chunks = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      int end = Math.min(bytes.length, at + random.nextInt(least, most + 1));
      chunks.add(Arrays.copyOfRange(bytes, at, end));
      at = end;
    }
    return chunks;
  }
}
