/// What all HTTP answers of Belfry share, whoever gives them: problems, and the order of the
/// handlers in front of the servlets.
@NullMarked
package io.belfry.web;

import org.jspecify.annotations.NullMarked;
