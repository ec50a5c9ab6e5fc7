package io.belfry.store.embedded;

/// Bytes in the store are not what Belfry writes. Outside of this package it is a
/// [io.belfry.core.log.StoreUnavailableException].
final class DamagedDataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DamagedDataException(String message) {
    super(message);
  }
}
