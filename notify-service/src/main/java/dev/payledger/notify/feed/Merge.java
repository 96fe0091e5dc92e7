package dev.payledger.notify.feed;

/// What adding an element to a grow-only set did.
public enum Merge {
  ADDED,
  /// The very same element was there already.
  ALREADY_THERE,
  /// Another element has its key. The set keeps what it has.
  CONFLICT
}
