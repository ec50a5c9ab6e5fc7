package io.belfry.transport.http;

import io.belfry.core.delivery.SubscriptionRequest;
import io.belfry.core.log.BelfryException;
import io.belfry.core.log.Ids;
import io.belfry.core.log.Session;
import io.belfry.security.BearerToken;
import io.belfry.security.Caller;
import io.belfry.security.KeysUnavailableException;
import io.belfry.security.SecurityProblems;
import io.belfry.security.TokenRefusedException;
import io.belfry.security.Tokens;
import io.belfry.web.OwnThread;
import io.belfry.web.Problem;
import io.belfry.web.ProblemWriter;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Where server-sent events begin: at the addresses of plain reads, for who accepts
/// `text/event-stream`. In front of the servlets, since a stream that stands for hours would keep
/// all that a servlet request is made of (docs/adr/0011).
final class EventDoor extends Handler.Wrapper {
  private final EventNode node;
  private final Tokens tokens;

  EventDoor(EventNode node, Tokens tokens) {
    this.node = node;
    this.tokens = tokens;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!EventRequest.isOne(request)) {
      return super.handle(request, response, callback);
    }
    OwnThread.start(request, response, callback, this::answer);
    return true;
  }

  private boolean answer(Request request, Response response, Callback callback) {
    Problem problem;
    try {
      Caller caller = caller(request);
      if (caller == null) {
        problem = SecurityProblems.noToken();
      } else if (node.deliveries().connections().isDraining()) {
        problem = Problem.of(503, "This node is going.").retryAfter(1);
      } else {
        EventRequest asked = EventRequest.of(request, caller.user());
        if (caller.mayRead(asked.key().destination())) {
          stream(caller, asked, request, response, callback);
          return true;
        }
        problem = SecurityProblems.lacks(Caller.ADMIN);
      }
    } catch (TokenRefusedException | KeysUnavailableException refused) {
      problem = SecurityProblems.of(refused);
    } catch (BelfryException refused) {
      problem = Problem.of(refused);
    }
    ProblemWriter.write(problem, response, callback);
    return true;
  }

  // An EventSource can send no headers, so the query may have the token. May block: it is verified.
  private @Nullable Caller caller(Request request) {
    return BearerToken.caller(
        tokens,
        request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION),
        request.getHttpURI().getQuery());
  }

  private void stream(
      Caller caller, EventRequest asked, Request request, Response response, Callback callback) {
    EventResponse written = new EventResponse(request, response, callback);
    Session session =
        new Session(
            Ids.next(),
            caller.user(),
            asked.key().device(),
            "sse",
            node.name(),
            node.clock().instant());
    EventStream stream = new EventStream(node, session, caller.expires(), written);
    SubscriptionRequest wanted =
        new SubscriptionRequest(
            asked.key().destination(),
            caller.user(),
            asked.key().device(),
            asked.ackMode(),
            node.deliveries().settings().window(),
            asked.from(),
            false,
            stream::started);
    stream.open(wanted, !caller.mayPush());
    written.stand(request, stream::end);
  }
}
