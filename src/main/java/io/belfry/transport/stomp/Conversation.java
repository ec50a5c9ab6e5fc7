package io.belfry.transport.stomp;

import io.belfry.core.delivery.AckMode;
import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.DeliverySettings;
import io.belfry.core.delivery.SubscriptionRequest;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Digits;
import io.belfry.core.log.From;
import io.belfry.core.log.Push;
import io.belfry.security.Caller;
import io.belfry.transport.Inflow;
import io.belfry.transport.Life;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one client does once it is connected: its subscriptions, acknowledgements, transactions and
/// pushes. Frames are handled one after the other.
final class Conversation implements Life.Talk {
  private static final String RENEWAL = "/app/token";

  private final StompSession session;
  private final StompNode node;
  private final StompVersion version;
  private final String device;
  private final Inflow<StompFrame> inflow;
  private final Pulse pulse;
  private final Receipts receipts;
  private final Subscriptions subscriptions = new Subscriptions();

  // Renewed by the reading thread, for the timer, which ends the connection with it.
  private volatile Caller caller;

  // The reading thread's alone; there once they are used.
  private @Nullable Transactions transactions;
  private @Nullable Pushes pushes;

  Conversation(
      StompSession session,
      StompNode node,
      Greeting greeting,
      Inflow<StompFrame> inflow,
      Pulse pulse) {
    this.session = session;
    this.node = node;
    this.version = greeting.version();
    this.device = greeting.device();
    this.caller = greeting.caller();
    this.inflow = inflow;
    this.pulse = pulse;
    this.receipts =
        new Receipts(
            receipt -> session.control(ServerFrames.receipt(version, receipt)), session::fail);
  }

  /// Whether this frame shows a fresh token.
  static boolean isRenewal(StompFrame frame) {
    return frame.command() == ClientCommand.SEND && RENEWAL.equals(frame.header("destination"));
  }

  @Override
  public Instant expires() {
    return caller.expires();
  }

  @Override
  public long look(long now, boolean isStanding) {
    return pulse.look(now, isStanding);
  }

  @Override
  public boolean quiesce() {
    return subscriptions.end();
  }

  @Override
  public void end(CloseReason reason) {
    subscriptions.end();
  }

  /// Does what this frame asks for, or throws what is wrong with it.
  void handle(StompFrame frame) {
    switch (frame.command()) {
      case CONNECT, STOMP -> throw StompException.protocol("This connection is connected already.");
      case SUBSCRIBE -> subscribe(frame);
      case UNSUBSCRIBE -> unsubscribe(frame);
      case ACK -> settle(frame, false);
      case NACK -> settle(frame, true);
      case SEND -> send(frame);
      case BEGIN -> {
        transactions().begin(frame.required("transaction"));
        receipts.handled(frame.receipt());
      }
      case COMMIT -> commit(frame);
      case ABORT -> {
        transactions().end(frame.required("transaction"));
        receipts.handled(frame.receipt());
      }
      case DISCONNECT -> disconnect(frame);
    }
    receipts.stand();
  }

  /// Handles nothing more, and fails once what came before is answered: who has pushed is to know
  /// what was taken.
  void refuse(Failure failure) {
    inflow.end();
    receipts.refuse(failure);
  }

  private void subscribe(StompFrame frame) {
    String path = frame.required("destination");
    String id = subscriptionId(frame, path);
    AckMode mode = ackMode(frame.header("ack"));
    int window = window(frame.header("prefetch-count"));
    String from = frame.header("from");
    From start = from == null ? new From.Cursor() : From.parse(from);
    String user = caller.user();
    Destination destination = Destination.ofSubscriber(path, user);
    if (!caller.mayRead(destination)) {
      throw StompException.of(
          CloseReason.PROTOCOL, "This topic needs a token with the scope admin.", 403);
    }
    Receipts.Promise promise = receipts.promise(frame.receipt());
    StompSubscription subscription =
        new StompSubscription(
            id,
            subscriptions.nextNumber(),
            path,
            mode,
            window,
            version,
            () -> {
              receipts.keep(promise);
              inflow.release();
            });
    subscriptions.add(subscription);
    inflow.hold();
    subscription.isDeliveredBy(
        node.deliveries()
            .subscribe(
                session,
                new SubscriptionRequest(
                    destination, user, device, mode, window, start, false, subscription)));
    subscriptions.closeWhereEnded(subscription);
  }

  private String subscriptionId(StompFrame frame, String destination) {
    String id = frame.header("id");
    return id == null && version == StompVersion.V1_0 ? destination : frame.required("id");
  }

  private static AckMode ackMode(@Nullable String ack) {
    return switch (ack) {
      case null -> AckMode.AUTO;
      case "auto" -> AckMode.AUTO;
      case "client" -> AckMode.CLIENT;
      case "client-individual" -> AckMode.CLIENT_INDIVIDUAL;
      default -> throw StompException.protocol("ack is auto, client or client-individual.");
    };
  }

  private int window(@Nullable String count) {
    if (count == null) {
      return node.deliveries().settings().window();
    }
    long window = Digits.parse(count);
    if (window < 1) {
      throw StompException.protocol("prefetch-count is a whole number, 1 or more.");
    }
    return (int) Math.min(window, DeliverySettings.MAX_WINDOW);
  }

  private void unsubscribe(StompFrame frame) {
    String id = frame.header("id");
    if (id == null) {
      id = frame.required(version == StompVersion.V1_0 ? "destination" : "id");
    }
    subscriptions.remove(id);
    receipts.handled(frame.receipt());
  }

  private void settle(StompFrame frame, boolean refused) {
    if (refused && version == StompVersion.V1_0) {
      throw StompException.protocol("STOMP 1.0 has no NACK.");
    }
    Subscriptions.Acknowledged named =
        version == StompVersion.V1_2
            ? subscriptions.byAckId(frame.required("id"))
            : subscriptions.byMessageId(
                frame.required("message-id"),
                version == StompVersion.V1_1
                    ? frame.required("subscription")
                    : frame.header("subscription"));
    doOrHold(frame, 0, _ -> named.settle(refused));
    receipts.handled(frame.receipt());
  }

  private void send(StompFrame frame) {
    String destination = frame.required("destination");
    if (isRenewal(frame)) {
      String token = new String(frame.body(), StandardCharsets.UTF_8).strip();
      Caller renewed = renewed(token);
      doOrHold(frame, token.length(), _ -> renew(renewed));
      receipts.handled(frame.receipt());
      return;
    }
    if (!caller.mayPush()) {
      throw StompException.of(CloseReason.PROTOCOL, "SEND needs a token with the scope push.", 403);
    }
    Push push =
        Push.of(
            Destination.ofService(destination),
            frame.headersByLowerCaseName(),
            frame.body(),
            node.retention());
    node.pushRate().count(caller.user());
    String receipt = frame.receipt();
    if (frame.header("transaction") == null) {
      pushes().append(push, receipts.promise(receipt), receipt);
      return;
    }
    Pushes open = pushes();
    doOrHold(frame, push.size(), commit -> open.append(push, receipts.promise(null), commit));
    receipts.handled(receipt);
  }

  private Caller renewed(String token) {
    Caller renewed = node.tokens().verify(token);
    if (!renewed.user().equals(caller.user())) {
      throw StompException.of(
          CloseReason.TOKEN_REFUSED, "The fresh token names another user.", 401);
    }
    return renewed;
  }

  private void renew(Caller renewed) {
    caller = renewed;
    session.look();
  }

  private void doOrHold(StompFrame frame, int size, Transactions.Deed step) {
    String transaction = frame.header("transaction");
    if (transaction == null) {
      step.done(frame.receipt());
    } else {
      transactions().hold(transaction, step, size);
    }
  }

  // The receipt comes after what was promised before it: once all of it is durable.
  private void commit(StompFrame frame) {
    List<Transactions.Deed> steps = transactions().end(frame.required("transaction"));
    steps.forEach(step -> step.done(frame.receipt()));
    receipts.handled(frame.receipt());
  }

  private void disconnect(StompFrame frame) {
    subscriptions.end();
    inflow.end();
    Receipts.Promise promise =
        receipts.promise(frame.receipt(), () -> session.close(CloseReason.CLIENT_WENT));
    var ignored =
        node.deliveries()
            .cursors()
            .flush()
            .whenComplete((done, wrong) -> {
              if (wrong == null) {
                receipts.keep(promise);
              } else {
                receipts.breach(promise, Failures.of(wrong));
              }
            });
  }

  private Transactions transactions() {
    Transactions known = transactions;
    if (known == null) {
      known = new Transactions(node.maxBody());
      transactions = known;
    }
    return known;
  }

  private Pushes pushes() {
    Pushes known = pushes;
    if (known == null) {
      known = new Pushes(node.logs(), receipts, inflow);
      pushes = known;
    }
    return known;
  }
}
