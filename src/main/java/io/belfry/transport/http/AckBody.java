package io.belfry.transport.http;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.Names;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a request to acknowledge says: `{"offset":n,"device":"…"}`.
///
/// @param offset everything up to it is acknowledged
/// @param device whose cursor; [CursorKey#SHARED] where it names none
record AckBody(long offset, String device) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MAX_BYTES = 4096;

  /// What the body of `request` says.
  ///
  /// @throws InvalidInputException where it says no acknowledgement
  /// @throws ErrorResponseException with 413 where it is longer than one has to be
  static AckBody read(HttpServletRequest request) throws IOException {
    byte[] body = request.getInputStream().readNBytes(MAX_BYTES + 1);
    if (body.length > MAX_BYTES) {
      throw new ErrorResponseException(HttpStatus.CONTENT_TOO_LARGE);
    }
    return parse(body);
  }

  static AckBody parse(byte[] body) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JacksonException notJson) {
      throw malformed();
    }
    JsonNode offset = json.path("offset");
    if (!offset.isIntegralNumber() || offset.bigIntegerValue().signum() < 0) {
      throw new InvalidInputException("offset", "'offset' is a whole number, 0 or more.");
    }
    // One beyond the last counts as the last, however large it is.
    long number = offset.canConvertToLong() ? offset.longValue() : Long.MAX_VALUE;
    JsonNode device = json.path("device");
    if (device.isMissingNode() || device.isNull()) {
      return new AckBody(number, CursorKey.SHARED);
    }
    if (!device.isString()) {
      throw new InvalidInputException("device", "'device' is a string.");
    }
    String name = device.stringValue();
    return new AckBody(number, name.isEmpty() ? CursorKey.SHARED : Names.device(name));
  }

  private static InvalidInputException malformed() {
    return new InvalidInputException(
        "body", "An acknowledgement is a JSON object: {\"offset\":n,\"device\":\"…\"}.");
  }
}
