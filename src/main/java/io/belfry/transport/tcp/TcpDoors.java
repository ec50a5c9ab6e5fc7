package io.belfry.transport.tcp;

import io.belfry.settings.InvalidSettingException;
import io.belfry.transport.PlainDoor;
import io.belfry.web.EagerConnector;
import io.belfry.web.RenewedCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.NestedExceptionUtils;

/// The plain ports of this node. They open and close with the server's own.
public final class TcpDoors {
  private final List<PlainDoor> doors;
  private final SslBundles bundles;
  private final @Nullable InetAddress address;
  private final Map<String, ServerConnector> connectors = new ConcurrentHashMap<>();

  /// @param address on which to listen; null: on all
  TcpDoors(List<PlainDoor> doors, SslBundles bundles, @Nullable InetAddress address) {
    this.doors = doors;
    this.bundles = bundles;
    this.address = address;
  }

  /// The port where this protocol is spoken, or a number below 1 where it is shut.
  public int port(String protocol) {
    ServerConnector connector = connectors.get(protocol);
    return connector == null ? 0 : connector.getLocalPort();
  }

  void addTo(Server server) {
    for (PlainDoor door : doors) {
      Integer port = door.settings().port();
      if (port != null) {
        ServerConnector connector = connector(server, door, port);
        connectors.put(door.protocol(), connector);
        server.addConnector(connector);
      }
    }
  }

  private ServerConnector connector(Server server, PlainDoor door, int port) {
    ConnectionFactory plain = new WireFactory(door);
    String bundle = door.settings().sslBundle();
    ServerConnector connector =
        bundle == null || bundle.isEmpty()
            ? new PatientConnector(door, server, plain)
            : new PatientConnector(
                door, server, new SslConnectionFactory(tls(door, bundle), door.protocol()), plain);
    connector.setName(door.protocol());
    connector.setPort(port);
    if (address != null) {
      connector.setHost(address.getHostAddress());
    }
    return connector;
  }

  private SslContextFactory.Server tls(PlainDoor door, String name) {
    SslBundle bundle;
    try {
      bundle = bundles.getBundle(name);
    } catch (NoSuchSslBundleException unknown) {
      String key = "belfry." + door.protocol() + ".ssl-bundle";
      throw new InvalidSettingException(
          key,
          key + " is " + name + ", and there is no such SSL bundle.",
          "Define it with spring.ssl.bundle.pem." + name + ".* or spring.ssl.bundle.jks.*.");
    }
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setSslContext(bundle.createSslContext());
    String[] protocols = bundle.getOptions().getEnabledProtocols();
    if (protocols != null) {
      tls.setExcludeProtocols();
      tls.setIncludeProtocols(protocols);
    }
    String[] ciphers = bundle.getOptions().getCiphers();
    if (ciphers != null) {
      tls.setExcludeCipherSuites();
      tls.setIncludeCipherSuites(ciphers);
    }
    RenewedCertificates.follow(bundles, name, tls);
    return tls;
  }

  /// Makes a wire of each connection.
  private static final class WireFactory extends AbstractConnectionFactory {
    private final PlainDoor door;

    WireFactory(PlainDoor door) {
      super(door.protocol());
      this.door = door;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
      return configure(
          new TcpWire(
              endPoint, connector.getExecutor(), connector.getByteBufferPool(), door.opener()),
          connector,
          endPoint);
    }
  }

  /// A connector whose clients may be silent: the protocols know what is too long. TCP itself looks
  /// now and then whether they are still there.
  private static final class PatientConnector extends EagerConnector {
    private final PlainDoor door;

    PatientConnector(PlainDoor door, Server server, ConnectionFactory... factories) {
      super(server, factories);
      this.door = door;
      setIdleTimeout(0);
    }

    @Override
    public void open() throws IOException {
      try {
        super.open();
      } catch (IOException failure) {
        String key = "belfry." + door.protocol() + ".port";
        String reason =
            String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
        throw new InvalidSettingException(
            key,
            key + " is " + getPort() + ", where Belfry cannot listen: " + reason + ".",
            "Stop what listens there, or change "
                + key
                + ": ports below 1024 are mostly for root alone.");
      }
    }

    @Override
    protected void configure(Socket socket) {
      super.configure(socket);
      try {
        socket.setKeepAlive(true);
      } catch (SocketException gone) {
        // It is noticed with the first read.
      }
    }
  }
}
