package dev.payledger.contracts;

/// Kafka record headers that every event carries, UTF-8 text.
public final class EventHeaders {
  /// The event's id, a UUID; consumers apply an id once.
  public static final String ID = "id";

  /// What happened, past tense: `AccountOpened`, `AccountDebited`, `TransferPosted` …
  public static final String TYPE = "type";

  /// The payload's schema version, a positive integer.
  public static final String VERSION = "version";

  /// W3C Trace Context of the request that caused the event; absent when there was none.
  public static final String TRACEPARENT = "traceparent";

  private EventHeaders() {}
}
