package io.belfry.transport.stomp;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.log.ContentType;
import io.belfry.transport.Inflow;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Makes frames of the bytes of one client, however these are cut, and holds on to nothing between
/// two frames. Every byte is looked at once. What is held of a frame that is under way is bounded:
/// one line or body, and the headers before it.
///
/// Strict where leniency would let two readers understand different things: a carriage return
/// within a line, an unknown escape, malformed UTF-8, a NUL within the headers and a
/// `content-length` that does not fit are errors. Lenient in one thing: lines may end with CR LF in
/// all versions.
final class StompReader implements Inflow.Reader<StompFrame> {
  static final int MAX_HEADERS = 128;
  static final int MAX_LINE = 8 * 1024;
  static final int MAX_HEAD = 256 * 1024;

  /// The head of a `CONNECT`: of whom nobody knows who it is, less is held.
  static final int MAX_FIRST_HEAD = 32 * 1024;

  private final int maxBody;

  // Null before the session has one.
  private @Nullable StompVersion version;

  // What is left to read, null where nothing is.
  private byte @Nullable [] chunk;
  private int at;
  private boolean text;
  private @Nullable PartialFrame partial;

  /// @param maxBody the longest body that a frame may have, in bytes
  StompReader(int maxBody) {
    this.maxBody = maxBody;
  }

  /// From the next frame on, the client speaks this version.
  void speak(StompVersion version) {
    this.version = version;
  }

  /// Takes more bytes. To be called once [#next] has answered null.
  ///
  /// @param text whether the client declared them as UTF-8
  @Override
  public void feed(byte[] bytes, boolean text) {
    this.chunk = bytes;
    this.at = 0;
    this.text = text;
  }

  /// Whether there are bytes that [#next] has not looked at.
  @Override
  public boolean hasMore() {
    return chunk != null;
  }

  /// Forgets what came.
  @Override
  public void clear() {
    chunk = null;
    partial = null;
  }

  /// The next frame, or null where that needs more bytes.
  ///
  /// @throws StompException where what came is no frame; nothing more can be read then
  @Override
  public @Nullable StompFrame next() {
    byte[] bytes = chunk;
    while (bytes != null) {
      PartialFrame frame = partial;
      if (frame == null) {
        skipLineEnds(bytes);
        if (at == bytes.length) {
          break;
        }
        frame = new PartialFrame();
        partial = frame;
      }
      StompFrame whole = frame.isHeadRead ? body(frame, bytes) : head(frame, bytes);
      if (whole != null) {
        partial = null;
        chunk = at == bytes.length ? null : bytes;
        return whole;
      }
      if (at == bytes.length) {
        break;
      }
    }
    chunk = null;
    return null;
  }

  // Line ends between frames are heart-beats; they count where bytes are signs of life.
  private void skipLineEnds(byte[] bytes) {
    while (at < bytes.length && (bytes[at] == '\n' || bytes[at] == '\r')) {
      at++;
    }
  }

  // One line of the head; the frame, where it ends with it.
  private @Nullable StompFrame head(PartialFrame frame, byte[] bytes) {
    int max = frame.isCommandRead ? MAX_LINE : ClientCommand.MAX_LENGTH;
    // One more for the carriage return that may be at the end, and one to see that it is too long.
    int last = Math.min(bytes.length, at + max + 2 - frame.carried);
    int end = at;
    while (end < last && bytes[end] != '\n') {
      if (bytes[end] == 0) {
        throw broken(frame, "A frame ended before its headers did.", 400);
      }
      end++;
    }
    int length = frame.carried + end - at;
    if (length > max + 1) {
      throw broken(frame, tooLong(frame), frame.isCommandRead ? 431 : 400);
    }
    boolean isWhole = end < bytes.length;
    if (!isWhole || frame.carried > 0) {
      frame.carry(bytes, at, end, max + 1);
    }
    if (!isWhole) {
      at = end;
      return null;
    }
    byte[] in = frame.carried > 0 ? frame.carry : bytes;
    int from = frame.carried > 0 ? 0 : at;
    int to = from + length;
    // Where it is whole at hand, this line too may be the one that says the receipt.
    at = frame.carried > 0 ? end + 1 : at;
    frame.carried = 0;
    to = to > from && in[to - 1] == '\r' ? to - 1 : to;
    if (to - from > max) {
      throw broken(frame, tooLong(frame), frame.isCommandRead ? 431 : 400);
    }
    line(frame, in, from, to);
    at = end + 1;
    return frame.isHeadRead && at < bytes.length ? body(frame, bytes) : null;
  }

  private static String tooLong(PartialFrame frame) {
    return frame.isCommandRead
        ? "A header line is longer than " + MAX_LINE + " bytes."
        : "A frame begins with no command that STOMP has.";
  }

  private void line(PartialFrame frame, byte[] in, int from, int to) {
    frame.headBytes += to - from;
    if (!frame.isCommandRead) {
      frame.command = ClientCommand.of(in, from, to);
      frame.isCommandRead = true;
    } else if (from == to) {
      endHead(frame);
    } else {
      header(frame, in, from, to);
    }
  }

  private void header(PartialFrame frame, byte[] in, int from, int to) {
    if (frame.headers.size() == 2 * MAX_HEADERS) {
      throw broken(frame, "A frame has more than " + MAX_HEADERS + " headers.", 431);
    }
    if (frame.headBytes > (version == null ? MAX_FIRST_HEAD : MAX_HEAD)) {
      throw broken(frame, "The headers of a frame are too long together.", 431);
    }
    int colon = from;
    while (colon < to && in[colon] != ':') {
      colon++;
    }
    if (colon == from || colon == to) {
      throw broken(frame, "A header line is a name, a colon and a value.", 400);
    }
    HeaderText spelling = HeaderText.of(frame.command, version);
    try {
      // Both before one is added: where the value is broken, who looks for a header finds pairs.
      String name = spelling.decoded(in, from, colon);
      String value = spelling.decoded(in, colon + 1, to);
      frame.headers.add(name);
      frame.headers.add(value);
    } catch (HeaderText.MalformedException malformed) {
      throw broken(frame, malformed.sentence(), 400);
    }
  }

  private void endHead(PartialFrame frame) {
    frame.isHeadRead = true;
    ClientCommand command = frame.command;
    if (command == null) {
      throw broken(frame, "A frame begins with no command that STOMP has.", 400);
    }
    String length = StompFrame.header(frame.headers, "content-length");
    if (length == null) {
      return;
    }
    if (length.isEmpty() || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw broken(frame, "content-length is a number of bytes.", 400);
    }
    frame.contentLength = length.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(length);
    if (frame.contentLength > maxBody(frame)) {
      throw tooLarge(frame);
    }
  }

  private int maxBody(PartialFrame frame) {
    return version != null && frame.command != null && frame.command.hasBody() ? maxBody : 0;
  }

  private @Nullable StompFrame body(PartialFrame frame, byte[] bytes) {
    int end;
    if (frame.contentLength >= 0) {
      end = Math.min(bytes.length, at + frame.contentLength - frame.carried);
    } else {
      end = at;
      while (end < bytes.length && bytes[end] != 0) {
        end++;
      }
      if (frame.carried + end - at > maxBody(frame)) {
        throw tooLarge(frame);
      }
    }
    if (end == bytes.length || frame.carried > 0) {
      frame.carry(bytes, at, end, maxBody(frame));
    }
    if (end == bytes.length) {
      at = end;
      return null;
    }
    if (bytes[end] != 0) {
      throw broken(frame, "A body does not end where its content-length says.", 400);
    }
    byte[] body =
        frame.carried > 0
            ? Arrays.copyOf(frame.carry, frame.carried)
            : Arrays.copyOfRange(bytes, at, end);
    at = end + 1;
    return frame(frame, body);
  }

  private StompFrame frame(PartialFrame frame, byte[] body) {
    ClientCommand command = frame.command;
    if (command == null) {
      throw new IllegalStateException();
    }
    if (text && !ContentType.isUtf8(body)) {
      throw broken(frame, "A text message has a body that is not UTF-8.", 400);
    }
    return new StompFrame(command, frame.headers, body);
  }

  private StompException tooLarge(PartialFrame frame) {
    return maxBody(frame) == 0
        ? broken(frame, frame.command + " takes no body here.", 400)
        : broken(frame, "A body is longer than " + maxBody + " bytes (belfry.limits.body).", 413);
  }

  private StompException broken(PartialFrame frame, String sentence, int status) {
    String receipt = StompFrame.header(frame.headers, "receipt");
    byte[] bytes = chunk;
    if (receipt == null && !frame.isHeadRead && bytes != null) {
      receipt = ReceiptAhead.in(bytes, at);
    }
    clear();
    return new StompException(new Failure(reason(status), sentence, status, receipt));
  }

  // What is no frame is the protocol's, what is too much of one is a limit.
  private static CloseReason reason(int status) {
    return status == 413 || status == 431 ? CloseReason.LIMIT : CloseReason.PROTOCOL;
  }
}
