package io.belfry.operations;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/// The description of the HTTP API (OpenAPI 3.1), written by hand in YAML and given as JSON too,
/// which more tools read. Few ask for it, and reading YAML takes its time: done when somebody does.
@Lazy
@RestController
class OpenApiController {
  private static final String YAML = "application/yaml";
  private static final String SOURCE = "openapi.yaml";

  private final byte[] yaml;
  private final byte[] json;

  OpenApiController(JsonMapper mapper) throws IOException {
    try (InputStream source = OpenApiController.class.getResourceAsStream(SOURCE)) {
      yaml = Objects.requireNonNull(source, SOURCE).readAllBytes();
    }
    Object description =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(new String(yaml, StandardCharsets.UTF_8));
    json = mapper.writeValueAsBytes(description);
  }

  @GetMapping(path = "/openapi", produces = MediaType.APPLICATION_JSON_VALUE)
  byte[] asJson() {
    return json;
  }

  @GetMapping(path = "/openapi", produces = YAML)
  byte[] asYaml() {
    return yaml;
  }
}
