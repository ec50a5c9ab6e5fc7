package io.belfry.web;

import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.jetty.ForwardHeadersCustomizer;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties.ForwardHeadersStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/// Puts Jetty's core handlers in front of the servlets: every bean of type [Handler.Wrapper], in
/// the order of [FrontOrder]. None of them may block; what is behind them has a thread of its own.
///
/// Forwarded headers: with `server.forward-headers-strategy` `native` Jetty rewrites each request
/// before any handler sees it. `framework` is a servlet filter, which the core handlers are in
/// front of: so that all see the same host, Jetty rewrites with that strategy too.
@Configuration(proxyBeanMethods = false)
@Import({PagesConfiguration.class, ProblemErrorController.class, ProblemResolver.class})
public class WebConfiguration {
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  WebServerFactoryCustomizer<JettyServletWebServerFactory> frontHandlers(
      ObjectProvider<Handler.Wrapper> handlers, ServerProperties properties, SslBundles bundles) {
    return factory -> {
      if (factory.getThreadPool() instanceof VirtualThreadPool pool) {
        // A request that waits costs a virtual thread; what bounds them is the connections.
        pool.setMaxConcurrentTasks(0);
      }
      factory.addServerCustomizers(server -> {
        server.setErrorHandler(new ProblemErrorHandler());
        server.setConnectors(eager(server));
        followCertificates(server, factory.getSsl(), bundles);
        httpConfigurations(server).forEach(WebConfiguration::configure);
        wrap(server, new OwnThread());
        List<Handler.Wrapper> outermostFirst = handlers.orderedStream().toList();
        outermostFirst.reversed().forEach(handler -> wrap(server, handler));
        wrap(server, new UnreadBody());
        if (properties.getForwardHeadersStrategy() == ForwardHeadersStrategy.FRAMEWORK) {
          new ForwardHeadersCustomizer().customize(server);
        }
      });
    };
  }

  private static void wrap(Server server, Handler.Wrapper handler) {
    handler.setHandler(server.getHandler());
    server.setHandler(handler);
  }

  private static Connector[] eager(Server server) {
    return Stream.of(server.getConnectors())
        .map(connector ->
            isHttp(connector) ? new EagerConnector(server, (ServerConnector) connector) : connector)
        .toArray(Connector[]::new);
  }

  private static void followCertificates(Server server, @Nullable Ssl ssl, SslBundles bundles) {
    String bundle = Ssl.isEnabled(ssl) ? ssl.getBundle() : null;
    if (bundle == null) {
      return;
    }
    Stream.of(server.getConnectors())
        .filter(WebConfiguration::isHttp)
        .map(connector -> connector.getConnectionFactory(SslConnectionFactory.class))
        .forEach(tls -> RenewedCertificates.follow(bundles, bundle, tls.getSslContextFactory()));
  }

  // What else listens on this server may block where it reads.
  private static boolean isHttp(Connector connector) {
    return connector.getConnectionFactories().stream()
        .anyMatch(HttpConfiguration.ConnectionFactory.class::isInstance);
  }

  private static Stream<HttpConfiguration> httpConfigurations(Server server) {
    return Stream.of(server.getConnectors())
        .flatMap(connector -> connector.getConnectionFactories().stream())
        .filter(HttpConfiguration.ConnectionFactory.class::isInstance)
        .map(factory -> ((HttpConfiguration.ConnectionFactory) factory).getHttpConfiguration());
  }

  private static void configure(HttpConfiguration http) {
    // Spring Security adds its headers to an answer when a buffer full of it has been written.
    // Jetty would send the head sooner, with the first write that is over its aggregation size, and
    // the answer would go without them.
    http.setOutputAggregationSize(http.getOutputBufferSize());
    // Remembering the headers of a connection's last request costs more than reading them anew: a
    // token is long.
    http.setHeaderCacheSize(0);
    // There are a few that Jetty knows by heart, `text/plain; charset=UTF-8` among them, and would
    // give in a spelling of its own: what is passed on stays as it was sent.
    http.setHeaderCacheCaseSensitive(true);
  }
}
