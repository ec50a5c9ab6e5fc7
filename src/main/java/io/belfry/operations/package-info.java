/// Running a node: how it starts and says so, its commands, its health.
@NullMarked
package io.belfry.operations;

import org.jspecify.annotations.NullMarked;
