package io.belfry.transport.websocket;

import io.belfry.core.delivery.Connections;
import io.belfry.core.log.InvalidInputException;
import io.belfry.security.BearerToken;
import io.belfry.security.Caller;
import io.belfry.security.KeysUnavailableException;
import io.belfry.security.TokenRefusedException;
import io.belfry.security.Tokens;
import io.belfry.transport.Door;
import io.belfry.web.OwnThread;
import io.belfry.web.Problem;
import io.belfry.web.ProblemWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketExtensionRegistry;
import org.eclipse.jetty.websocket.core.server.WebSocketMappings;
import org.jspecify.annotations.Nullable;

/// The addresses where WebSockets begin, in front of the servlets: without a servlet request for
/// each a connection costs a third. Whose origin or host is not allowed does not come so far.
public final class WebSocketDoors extends Handler.Wrapper {
  private static final int RETRY_SECONDS = 1;
  private static final String VERSION = "13";
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

  /// @param uri that Jetty remembers of each handshake: one for all
  private record Place(Door door, HttpURI uri) {}

  private final Map<String, Place> places = new HashMap<>();
  private final Tokens tokens;
  private final Connections connections;
  private @Nullable WebSocketMappings mappings;

  public WebSocketDoors(List<Door> doors, Tokens tokens, Connections connections) {
    for (Door door : doors) {
      places.put(door.path(), new Place(door, HttpURI.from(door.path())));
    }
    this.tokens = tokens;
    this.connections = connections;
  }

  @Override
  protected void doStart() throws Exception {
    WebSocketExtensionRegistry extensions = new WebSocketExtensionRegistry();
    // Compression costs hundreds of kilobytes for each connection.
    List.copyOf(extensions.getAvailableExtensionNames()).forEach(extensions::unregister);
    mappings =
        new WebSocketMappings(
            new WebSocketComponents(
                extensions,
                null,
                getServer().getByteBufferPool(),
                null,
                null,
                getServer().getThreadPool()));
    super.doStart();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Place place = places.get(Request.getPathInContext(request));
    WebSocketMappings upgrade = mappings;
    if (place == null || upgrade == null) {
      return super.handle(request, response, callback);
    }
    OwnThread.start(
        request,
        response,
        callback,
        (_, _, _) -> handle(place, upgrade, request, response, callback));
    return true;
  }

  private boolean handle(
      Place place,
      WebSocketMappings upgrade,
      Request request,
      Response response,
      Callback callback) {
    Problem problem = null;
    Caller caller = null;
    if (!upgrade.getHandshaker().isWebSocketUpgradeRequest(request)) {
      problem =
          Problem.of(426, "This address is for WebSockets.")
              .with("Upgrade", "websocket")
              .with("Connection", "Upgrade")
              .with("Sec-WebSocket-Version", VERSION);
    } else if (!isKeyed(request)) {
      problem = Problem.of(400, "Sec-WebSocket-Key is 16 bytes in Base64, once.");
    } else if (connections.isDraining()) {
      problem = Problem.of(503, "This node is going.").retryAfter(RETRY_SECONDS);
    } else {
      try {
        caller = caller(request);
      } catch (RuntimeException refused) {
        problem = problem(refused);
      }
    }
    if (problem != null) {
      ProblemWriter.write(problem, response, callback);
      return true;
    }
    upgrade(upgrade, place, caller, request, response, callback);
    return true;
  }

  // RFC 6455, 4.2.1, which Jetty leaves out. On HTTP/2 there is none.
  private static boolean isKeyed(Request request) {
    List<String> keys = request.getHeaders().getValuesList(HttpHeader.SEC_WEBSOCKET_KEY);
    return keys.isEmpty() || (keys.size() == 1 && KEY.matcher(keys.getFirst()).matches());
  }

  // May block: a token is verified.
  private @Nullable Caller caller(Request request) {
    return BearerToken.caller(
        tokens,
        request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION),
        request.getHttpURI().getQuery());
  }

  private static Problem problem(RuntimeException refused) {
    return switch (refused) {
      case TokenRefusedException token ->
          Problem.of(401, String.valueOf(token.getMessage()))
              .with("WWW-Authenticate", BearerToken.refusal(token));
      case InvalidInputException invalid -> Problem.of(invalid);
      case KeysUnavailableException away -> Problem.of(503).retryAfter(RETRY_SECONDS);
      default -> throw refused;
    };
  }

  private void upgrade(
      WebSocketMappings upgrade,
      Place place,
      @Nullable Caller caller,
      Request request,
      Response response,
      Callback callback) {
    try {
      Request remembered = new ShortRequest(request, place.uri());
      Negotiator negotiator = new Negotiator(place.door(), caller);
      if (!upgrade.upgrade(negotiator, remembered, response, callback, null)) {
        ProblemWriter.write(Problem.of(400, "This is no WebSocket handshake."), response, callback);
      }
    } catch (RuntimeException malformed) {
      ProblemWriter.write(Problem.of(400, "This is no WebSocket handshake."), response, callback);
    }
  }

  /// A request as Jetty remembers it for as long as its WebSocket lives: without the query, which
  /// may have a token in it.
  private static final class ShortRequest extends Request.Wrapper {
    private final HttpURI uri;

    ShortRequest(Request request, HttpURI uri) {
      super(request);
      this.uri = uri;
    }

    @Override
    public HttpURI getHttpURI() {
      return uri;
    }
  }
}
