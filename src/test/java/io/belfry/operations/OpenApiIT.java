package io.belfry.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.Answer;
import io.belfry.TestNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

class OpenApiIT {
  /// What Jetty's core handler answers before Spring sees it.
  private static final Set<String> IN_FRONT_OF_SPRING =
      Set.of("post /user/{user}/queue/{queue}", "post /topic/{topic}", "post /messages");

  /// What is for pages and not for programs.
  private static final Set<String> NOT_DESCRIBED = Set.of("post /demo/token");

  @TempDir static Path data;
  static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(data);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void describesEveryMappingAndNoOther() {
    Set<String> mapped = new TreeSet<>(IN_FRONT_OF_SPRING);
    node.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .forEach((mapping, method) -> {
          if (method.getBeanType().getName().startsWith("io.belfry.")) {
            add(mapping, mapped);
          }
        });
    mapped.removeAll(NOT_DESCRIBED);

    assertThat(described()).containsExactlyInAnyOrderElementsOf(mapped);
  }

  @Test
  void isOpenToEveryoneAsJsonAndAsYaml() {
    Answer json = node.asNobody().get("/openapi");
    Answer yaml = node.asNobody().header("Accept", "application/yaml").get("/openapi");

    assertThat(json.header("Content-Type")).isEqualTo("application/json");
    assertThat(json.json().get("openapi").stringValue()).startsWith("3.1.");
    assertThat(yaml.header("Content-Type")).isEqualTo("application/yaml");
    assertThat(yaml.text()).startsWith("openapi: 3.1.");
  }

  @Test
  void saysOfAllThatNeedsATokenHowThatAndAnOriginAreRefused() {
    JsonNode paths = node.asNobody().get("/openapi").json().get("paths");

    paths.forEachEntry((path, operations) ->
        operations.forEachEntry((method, operation) -> {
          if (!method.equals("parameters") && !operation.has("security")) {
            assertThat(operation.get("responses").propertyNames())
                .as(method + " " + path)
                .contains("401", "403");
          }
        }));
  }

  @Test
  void saysOfAllThatIsReadThatItMayNotBeAcceptable() {
    JsonNode paths = node.asNobody().get("/openapi").json().get("paths");

    paths.forEachEntry((path, operations) -> {
      if (operations.has("get")) {
        String address = path.replaceAll("\\{\\w+}", "1");
        assertThat(node.as("root", "admin").header("Accept", "image/png").get(address).status())
            .as(address)
            .isEqualTo(406);
        assertThat(operations.get("get").get("responses").has("406")).as(path).isTrue();
      }
    });
  }

  @Test
  void refersOnlyToWhatIsThere() {
    JsonNode description = node.asNobody().get("/openapi").json();

    assertThat(description.findValuesAsString("$ref"))
        .isNotEmpty()
        .allSatisfy(reference ->
            assertThat(description.at(reference.substring(1)).isObject()).as(reference).isTrue());
  }

  // Without the patterns of path variables, and without what only answers errors.
  private static void add(RequestMappingInfo mapping, Set<String> mapped) {
    for (String pattern : mapping.getPatternValues()) {
      String path = pattern.replaceAll("\\{(\\w+):[^/]*}", "{$1}");
      for (RequestMethod method : mapping.getMethodsCondition().getMethods()) {
        mapped.add(method.name().toLowerCase(Locale.ROOT) + " " + path);
      }
    }
  }

  private static Set<String> described() {
    Set<String> described = new TreeSet<>();
    node.asNobody()
        .get("/openapi")
        .json()
        .get("paths")
        .forEachEntry((path, operations) ->
            operations
                .propertyNames()
                .forEach(method -> {
                  if (!method.equals("parameters")) {
                    described.add(method + " " + path);
                  }
                }));
    return described;
  }
}
