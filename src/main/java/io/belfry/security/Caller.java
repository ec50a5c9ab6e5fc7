package io.belfry.security;

import java.time.Instant;

/// Who a verified token speaks for.
///
/// @param user the token's `sub` (or the configured claim), a valid user name
/// @param mayPush whether it has the scope `push` (or `admin`, which includes it)
/// @param isAdmin whether it has the scope `admin`
/// @param expires when the token ends; [Instant#MAX] where it never does
public record Caller(String user, boolean mayPush, boolean isAdmin, Instant expires) {}
