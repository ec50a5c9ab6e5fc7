package io.belfry.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchException;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerException;

class ListeningAnalyzerTests {
  private final ListeningAnalyzer analyzer = new ListeningAnalyzer();

  @Test
  void anAddressOfAnotherMachineIsToldWithItsSetting() throws IOException {
    JettyServletWebServerFactory factory = new JettyServletWebServerFactory(0);
    // TEST-NET-1, which no machine has.
    factory.setAddress(InetAddress.getByName("192.0.2.1"));
    Exception failure = catchException(() -> factory.getWebServer().start());

    FailureAnalysis analysis =
        Objects.requireNonNull(analyzer.analyze(new IllegalStateException(failure)));
    assertThat(analysis.getDescription()).contains("192.0.2.1:0", "assign requested address");
    assertThat(analysis.getAction()).contains("server.address", "server.port");
  }

  @Test
  void allElseIsLeftToSpringBoot() {
    assertThat(analyzer.analyze(new PortInUseException(8080))).isNull();
    assertThat(analyzer.analyze(new WebServerException("Something", new IOException()))).isNull();
    IOException other = new IOException(new IOException("a test's own"));
    assertThat(analyzer.analyze(new WebServerException("Something", other))).isNull();
  }
}
