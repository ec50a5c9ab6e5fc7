/// HTTP for those who receive: reading a log, acknowledging, and the JSON of an entry.
@NullMarked
package io.belfry.transport.http;

import org.jspecify.annotations.NullMarked;
