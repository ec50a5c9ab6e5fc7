package io.belfry.web;

/// The order of the handlers in front of the servlets, for `@Order` on their beans; the lowest is
/// outermost. So a door that comes after [#ORIGINS] sees only allowed hosts and origins, and need
/// not ask again.
public final class FrontOrder {
  public static final int HOSTS = 0;
  public static final int ORIGINS = 100;
  public static final int DOORS = 200;

  private FrontOrder() {}
}
