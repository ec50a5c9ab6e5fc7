package io.belfry.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;

/// An SSL bundle that is renewed while the node runs.
class RenewedCertificatesIT {
  @TempDir static Path data;

  @Test
  void allPortsShowTheNewOne() throws Exception {
    TlsKeys old = TlsKeys.in(Files.createDirectory(data.resolve("old")));
    TlsKeys renewed = TlsKeys.in(Files.createDirectory(data.resolve("renewed")));
    List<String> settings = new ArrayList<>(List.of(old.bundle("door")));
    settings.addAll(List.of(renewed.bundle("renewed")));
    settings.add("server.ssl.bundle=door");
    settings.add("belfry.stomp.port=0");
    settings.add("belfry.stomp.ssl-bundle=door");
    try (TestNode node = TestNode.start(data.resolve("node"), settings.toArray(String[]::new))) {
      List<Integer> ports = List.of(node.port(), node.bean(TcpDoors.class).port("stomp"));
      assertThat(ports).allMatch(port -> shows(port, old));

      node.bean(SslBundleRegistry.class)
          .updateBundle("door", node.bean(SslBundles.class).getBundle("renewed"));

      assertThat(ports).allMatch(port -> shows(port, renewed)).noneMatch(port -> shows(port, old));
    }
  }

  private static boolean shows(int port, TlsKeys keys) {
    try (var socket =
        (SSLSocket) keys.trusting().getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.setSoTimeout(20_000);
      socket.startHandshake();
      return true;
    } catch (SSLHandshakeException untrusted) {
      return false;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
