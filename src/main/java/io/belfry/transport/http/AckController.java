package io.belfry.transport.http;

import io.belfry.core.delivery.CursorKeeper;
import io.belfry.core.delivery.Deliveries;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Destination;
import io.belfry.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Acknowledgements over HTTP: a device has everything up to an offset.
@RestController
class AckController {
  private final CursorKeeper cursors;

  AckController(Deliveries deliveries) {
    this.cursors = deliveries.cursors();
  }

  @PostMapping("/user/queue/{queue}/ack")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void ackQueue(
      @PathVariable String queue,
      @AuthenticationPrincipal Caller caller,
      HttpServletRequest request)
      throws IOException {
    acknowledge(new Destination.Queue(caller.user(), queue), caller, request);
  }

  @PostMapping("/topic/{topic}/ack")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void ackTopic(
      @PathVariable String topic,
      @AuthenticationPrincipal Caller caller,
      HttpServletRequest request)
      throws IOException {
    acknowledge(new Destination.Topic(topic), caller, request);
  }

  private void acknowledge(Destination destination, Caller caller, HttpServletRequest request)
      throws IOException {
    AckBody ack = AckBody.read(request);
    CursorKey key = new CursorKey(destination, caller.user(), ack.device());
    cursors.acknowledge(key, ack.offset());
  }
}
