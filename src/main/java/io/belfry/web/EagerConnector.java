package io.belfry.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.WebSocketConnection;

/// A connector whose selecting threads handle what they select, one after the other: what comes on
/// a socket is read, parsed and handed to the core without a change of threads. Nothing that they
/// call may block.
///
/// They are platform threads: a virtual one that selects waits for a poller, which is one more
/// change for each time that something comes.
public class EagerConnector extends ServerConnector {
  // Java's default is 50, and who finds the queue full tries again a second later: too long where
  // all clients come back at once. The system may have a lower bound of its own.
  private static final int MANY_AT_ONCE = 4096;

  // For how long one WebSocket is read before the next connection has its turn: a client that
  // always has something to read would keep its thread from all others.
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /// One of a port of its own, with a thread that accepts, and one for each two cores that selects.
  ///
  /// @param factories the first is of those who connect
  protected EagerConnector(Server server, ConnectionFactory... factories) {
    super(server, task -> execute(server, task), null, null, 1, -1, factories);
  }

  /// Takes the place of `other`, which was not started.
  EagerConnector(Server server, ServerConnector other) {
    super(
        server,
        task -> execute(server, task),
        null,
        null,
        other.getAcceptors(),
        other.getSelectorManager().getSelectorCount(),
        other.getConnectionFactories().toArray(ConnectionFactory[]::new));
    setDefaultProtocol(other.getDefaultProtocol());
    setName(other.getName());
    setHost(other.getHost());
    setPort(other.getPort());
    setIdleTimeout(other.getIdleTimeout());
  }

  @Override
  public int getAcceptQueueSize() {
    return MANY_AT_ONCE;
  }

  // A connection that has answered on another thread than the one that selects goes on there: those
  // that were answered together wake it once. All else has a thread of its own.
  private static void execute(Server server, Runnable task) {
    if (task instanceof Connection connection
        && connection.getEndPoint() instanceof EagerEndPoint endPoint) {
      endPoint.goOn(task);
    } else {
      server.getThreadPool().execute(task);
    }
  }

  @Override
  protected SelectorManager newSelectorManager(Executor executor, Scheduler scheduler, int count) {
    return new ServerConnectorManager(executor, scheduler, count) {
      @Override
      protected void execute(Runnable task) {
        if (isStarting()) {
          // Selects from now on until the end.
          Thread.ofPlatform().name("belfry-selector").daemon().start(task);
        } else {
          super.execute(task);
        }
      }
    };
  }

  @Override
  protected SocketChannelEndPoint newEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key) {
    EagerEndPoint endPoint = new EagerEndPoint(channel, selector, key, getScheduler());
    endPoint.setIdleTimeout(getIdleTimeout());
    return endPoint;
  }

  /// A socket that is not read in vain. What comes meanwhile is selected at once, since selecting
  /// looks at what is there and not at what has changed.
  private static final class EagerEndPoint extends SocketChannelEndPoint {
    private final ManagedSelector selector;

    // Whether the next read would find nothing: on a WebSocket from the read that left room until
    // it is selected again. Jetty's HTTP reads twice where it finds nothing; there the second read
    // is left out alone, since it also looks for bodies that nobody has asked for.
    private volatile boolean empty;

    // When it was selected. Written and read where it is read from.
    private volatile long selected;

    EagerEndPoint(
        SelectableChannel channel,
        ManagedSelector selector,
        SelectionKey key,
        Scheduler scheduler) {
      super((SocketChannel) channel, selector, key, scheduler);
      this.selector = selector;
    }

    void goOn(Runnable connection) {
      selector.submit(_ -> connection.run());
    }

    @Override
    public Runnable onSelected() {
      empty = false;
      selected = System.nanoTime();
      return super.onSelected();
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
      boolean isWebSocket = isWebSocket();
      if (empty) {
        empty = isWebSocket;
        return 0;
      }
      int filled = super.fill(buffer);
      empty = filled == 0 || (isWebSocket && filled > 0 && isLast(buffer));
      return filled;
    }

    // Nothing more is there, or its turn is over: what is there is selected again, after the
    // others.
    private boolean isLast(ByteBuffer buffer) {
      return BufferUtil.space(buffer) > 0 || System.nanoTime() - selected > TURN_NANOS;
    }

    // WebSockets do not say that reading them does not block; ours do not.
    @Override
    public void fillInterested(Callback callback) {
      super.fillInterested(isWebSocket() ? new NonBlocking(callback) : callback);
    }

    private boolean isWebSocket() {
      Connection connection = getConnection();
      return connection instanceof WebSocketConnection
          || (connection instanceof SslConnection tls
              && tls.getSslEndPoint().getConnection() instanceof WebSocketConnection);
    }
  }

  private static final class NonBlocking extends Callback.Nested {
    NonBlocking(Callback callback) {
      super(callback);
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }
  }
}
