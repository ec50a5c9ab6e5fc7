/// Who may do what: tokens, scopes, origins, demo mode.
@NullMarked
package io.belfry.security;

import org.jspecify.annotations.NullMarked;
