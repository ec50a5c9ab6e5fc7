package io.belfry.web;

import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/// Certificates that are renewed while a node runs, `reload-on-update` of an SSL bundle: who
/// connects from then on is shown the new one. Spring Boot leaves that out where it is Jetty that
/// listens.
public final class RenewedCertificates {
  private RenewedCertificates() {}

  /// Has `tls` take over what the bundle of this name becomes.
  public static void follow(SslBundles bundles, String name, SslContextFactory.Server tls) {
    bundles.addBundleUpdateHandler(name, renewed -> takeOver(tls, renewed));
  }

  private static void takeOver(SslContextFactory.Server tls, SslBundle renewed) {
    try {
      tls.reload(factory -> factory.setSslContext(renewed.createSslContext()));
    } catch (Exception failed) {
      throw new IllegalStateException("A renewed SSL bundle could not be taken over.", failed);
    }
  }
}
