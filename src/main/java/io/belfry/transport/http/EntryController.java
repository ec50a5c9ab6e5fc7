package io.belfry.transport.http;

import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Store;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// One entry at its own address, the `Location` of a push: to be read or retracted by services.
@RestController
class EntryController {
  private static final String IN_QUEUE = "/user/{user}/queue/{queue}/{offset:[0-9]{1,18}}";
  private static final String IN_TOPIC = "/topic/{topic}/{offset:[0-9]{1,18}}";

  private final Logs logs;

  EntryController(Store store) {
    this.logs = store.logs();
  }

  @GetMapping(path = IN_QUEUE, produces = MediaType.APPLICATION_JSON_VALUE)
  byte[] readInQueue(
      @PathVariable String user, @PathVariable String queue, @PathVariable long offset) {
    return read(new Destination.Queue(user, queue), offset);
  }

  @GetMapping(path = IN_TOPIC, produces = MediaType.APPLICATION_JSON_VALUE)
  byte[] readInTopic(@PathVariable String topic, @PathVariable long offset) {
    return read(new Destination.Topic(topic), offset);
  }

  @DeleteMapping(IN_QUEUE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void retractFromQueue(
      @PathVariable String user, @PathVariable String queue, @PathVariable long offset) {
    logs.retract(new Destination.Queue(user, queue), offset);
  }

  @DeleteMapping(IN_TOPIC)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void retractFromTopic(@PathVariable String topic, @PathVariable long offset) {
    logs.retract(new Destination.Topic(topic), offset);
  }

  private byte[] read(Destination destination, long offset) {
    Entry entry = logs.entry(destination, offset);
    if (entry == null) {
      throw new ErrorResponseException(HttpStatus.NOT_FOUND);
    }
    return EntryJson.of(entry);
  }
}
