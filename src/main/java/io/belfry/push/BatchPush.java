package io.belfry.push;

import io.belfry.core.log.StoreUnavailableException;
import io.belfry.security.Caller;
import io.belfry.web.Problem;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Many messages, one request: `POST /messages`, one a line, and one result a line in the same
/// order.
///
/// The whole is read before its first line is appended: so one that is too large appends nothing,
/// and a client that reads no result before it has sent everything is not waited for. All batches
/// together hold [#ROOM] bytes at most: one that finds no room waits a while. The appends of one
/// are under way together, as many as [#MAX_UNDER_WAY]. Where the store has taken nothing for
/// longer than is patient, what has not begun is not tried: a long batch would wait for it again
/// and again.
final class BatchPush {
  private static final Set<String> TYPES =
      Set.of("application/x-ndjson", "application/ndjson", "application/jsonl");
  private static final int MAX_BATCH = 8 * 1024 * 1024;
  private static final int ROOM = 8 * MAX_BATCH;
  private static final long ROOM_PATIENCE_SECONDS = 4;
  private static final int MAX_UNDER_WAY = 1024;
  private static final int ANSWER_BUFFER = 32 * 1024;

  private final Appender appender;
  private final long maxBody;
  private final Duration bodyPatience;
  private final Duration storePatience;
  private final Semaphore room = new Semaphore(ROOM);

  /// @param maxBody of one message, in bytes
  /// @param bodyPatience how long a request's body may take to arrive
  /// @param storePatience for how long lines are tried where the store takes none of them
  BatchPush(Appender appender, long maxBody, Duration bodyPatience, Duration storePatience) {
    this.appender = appender;
    this.maxBody = maxBody;
    this.bodyPatience = bodyPatience;
    this.storePatience = storePatience;
  }

  /// What one line has come to so far.
  private sealed interface Pending {
    Pending NOT_TRIED =
        new Failed(Appender.problem(new StoreUnavailableException("It was away before.", null)));

    record Under(Appender.Begun way) implements Pending {}

    record Failed(Problem problem) implements Pending {}
  }

  RequestBody body(Request request) {
    return new RequestBody(
        request, MAX_BATCH, bodyPatience, "A batch is at most " + MAX_BATCH + " bytes.");
  }

  /// Reads, appends, answers, and ends `callback`. Blocks.
  void answer(
      Caller caller, RequestBody body, Request request, Response response, Callback callback)
      throws InterruptedException, RequestBody.BrokenException {
    checkType(request);
    long declared = request.getLength();
    int size = (int) Math.min(MAX_BATCH, declared < 0 ? MAX_BATCH : declared);
    if (!room.tryAcquire(size, ROOM_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new RefusedException(
          Problem.of(503, "There are too many batches at once here. Try again.").retryAfter(1));
    }
    try {
      readAndAnswer(caller, body, response, callback);
    } finally {
      room.release(size);
    }
  }

  private void readAndAnswer(Caller caller, RequestBody body, Response response, Callback callback)
      throws InterruptedException, RequestBody.BrokenException {
    byte[] batch = body.await();
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-ndjson");
    response.setStatus(200);
    try (OutputStream out =
        new BufferedOutputStream(Content.Sink.asOutputStream(response), ANSWER_BUFFER)) {
      append(caller, batch, out);
    } catch (IOException gone) {
      callback.failed(gone);
      return;
    }
    callback.succeeded();
  }

  private static void checkType(Request request) {
    String declared = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    String type = declared == null ? "" : declared.split(";", 2)[0].strip();
    if (!TYPES.contains(type.toLowerCase(Locale.ROOT))) {
      throw new RefusedException(
          Problem.of(415, "A batch is application/x-ndjson: one JSON object a line.")
              .with("Accept", "application/x-ndjson"));
    }
  }

  /// Appends the lines of `batch`, and writes a result of each. Blocks.
  void append(Caller caller, byte[] batch, OutputStream out)
      throws IOException, InterruptedException {
    ArrayDeque<Pending> pending = new ArrayDeque<>();
    long taken = System.nanoTime();
    boolean isAway = false;
    int from = 0;
    while (from < batch.length) {
      int to = from;
      while (to < batch.length && batch[to] != '\n') {
        to++;
      }
      if (!isBlank(batch, from, to)) {
        if (pending.size() == MAX_UNDER_WAY) {
          int status = write(pending.removeFirst(), out);
          if (status < 300) {
            taken = System.nanoTime();
            isAway = false;
          } else if (status == 503) {
            isAway = System.nanoTime() - taken >= storePatience.toNanos();
          }
        }
        pending.addLast(isAway ? Pending.NOT_TRIED : begin(caller, batch, from, to - from));
      }
      from = to + 1;
    }
    while (!pending.isEmpty()) {
      var _ = write(pending.removeFirst(), out);
    }
  }

  private Pending begin(Caller caller, byte[] batch, int from, int length) {
    try {
      BatchLine line = BatchLine.parse(batch, from, length);
      if (line.body().length > maxBody) {
        throw new RefusedException(413, SinglePush.tooLong(maxBody));
      }
      return new Pending.Under(appender.begin(caller, line.to(), line.headers(), line.body()));
    } catch (RuntimeException failure) {
      return new Pending.Failed(Appender.problem(failure));
    }
  }

  // The status of the line's result.
  private int write(Pending pending, OutputStream out) throws IOException, InterruptedException {
    try {
      Appender.Begun begun =
          switch (pending) {
            case Pending.Under(Appender.Begun way) -> way;
            case Pending.Failed(Problem problem) -> throw new RefusedException(problem);
          };
      PushAnswer answer = appender.await(begun);
      StringBuilder json = new StringBuilder(180).append("{\"status\":").append(answer.status());
      answer.appendMembers(json.append(','));
      out.write(json.append("}\n").toString().getBytes(StandardCharsets.US_ASCII));
      return answer.status();
    } catch (RefusedException refused) {
      appender.refused(refused.problem());
      out.write(refused.problem().json());
      out.write('\n');
      return refused.problem().status();
    }
  }

  private static boolean isBlank(byte[] batch, int from, int to) {
    for (int i = from; i < to; i++) {
      if (batch[i] != ' ' && batch[i] != '\t' && batch[i] != '\r') {
        return false;
      }
    }
    return true;
  }
}
