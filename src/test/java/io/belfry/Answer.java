package io.belfry;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What came back for an HTTP request.
public record Answer(int status, Map<String, List<String>> headers, byte[] body) {
  private static final JsonMapper JSON = new JsonMapper();

  public Answer {
    Map<String, List<String>> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    anyCase.putAll(headers);
    headers = anyCase;
  }

  /// A header, or an empty string where it is not there.
  public String header(String name) {
    return String.join(", ", headers.getOrDefault(name, List.of()));
  }

  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  public JsonNode json() {
    return JSON.readTree(body);
  }

  /// The lines of a batch's answer.
  public List<JsonNode> lines() {
    return text().lines().map(JSON::readTree).toList();
  }

  /// The member `detail` of what has to be a problem.
  public String problem() {
    JsonNode problem = header("Content-Type").equals("application/problem+json") ? json() : null;
    if (problem == null
        || problem.get("status").intValue() != status
        || !problem.get("type").isString()
        || !problem.get("title").isString()) {
      throw new AssertionError("no problem: " + status + " " + headers + " " + text());
    }
    return problem.get("detail").stringValue();
  }
}
