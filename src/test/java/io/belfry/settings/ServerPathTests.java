package io.belfry.settings;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

class ServerPathTests {
  @ParameterizedTest
  @CsvSource({
    "server.servlet.context-path, /belfry",
    "spring.mvc.servlet.path, /api",
    "management.server.base-path, /manage",
    "management.endpoints.web.base-path, /manage",
    "management.endpoints.web.base-path, /",
    "management.endpoints.web.base-path, ''",
    "management.endpoints.web.path-mapping.prometheus, metrics",
    "management.endpoints.web.path-mapping.health, ../healthz",
  })
  void aPathThatIsMovedIsRefused(String key, String path) {
    MockEnvironment environment = new MockEnvironment().withProperty(key, path);

    assertThatThrownBy(() -> ServerPath.check(environment))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(key + " is '" + path + "', but the addresses of Belfry are fixed.");
  }

  @ParameterizedTest
  @CsvSource({
    "server.servlet.context-path, /",
    "server.servlet.context-path, ''",
    "spring.mvc.servlet.path, /",
    "management.server.base-path, ''",
    "management.endpoints.web.base-path, /actuator",
    "management.endpoints.web.base-path, /actuator/",
    "management.endpoints.web.path-mapping.prometheus, prometheus",
  })
  void aPathThatStaysWhereItIsIsTaken(String key, String path) {
    MockEnvironment environment = new MockEnvironment().withProperty(key, path);

    assertThatCode(() -> ServerPath.check(environment)).doesNotThrowAnyException();
  }
}
