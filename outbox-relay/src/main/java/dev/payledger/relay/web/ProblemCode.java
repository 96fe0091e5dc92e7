package dev.payledger.relay.web;

import java.util.Locale;

/// The closed list of errors that this service says. `code()` is stable, and means the same in all
/// services (`docs/generated/errors.md`).
public enum ProblemCode {
  INVALID_REQUEST(400, false, "The request is not valid", "Change the request as `detail` says."),
  NOT_FOUND(
      404,
      false,
      "There is no such thing, or it is not yours",
      "Look at the id, and at whose token you sent."),
  METHOD_NOT_ALLOWED(
      405, false, "The method is not allowed here", "Use a method that `Allow` names."),
  INTERNAL_ERROR(
      500,
      true,
      "The service failed",
      "Send the same request again, under the same key; report the trace id if it stays so."),
  UNAVAILABLE(
      503,
      true,
      "A part that is needed is not available",
      "Send it again after `Retry-After`, under the same key.");

  private final int status;
  private final boolean isRetryable;
  private final String title;
  private final String next;

  ProblemCode(int status, boolean isRetryable, String title, String next) {
    this.status = status;
    this.isRetryable = isRetryable;
    this.title = title;
    this.next = next;
  }

  public int status() {
    return status;
  }

  /// Whether the same request, under the same key, may succeed later.
  public boolean isRetryable() {
    return isRetryable;
  }

  public String title() {
    return title;
  }

  /// What the caller can do about it.
  public String next() {
    return next;
  }

  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The code that fits an error status which the framework or the container decided on.
  static ProblemCode ofStatus(int status) {
    return switch (status) {
      case 404 -> NOT_FOUND;
      case 405 -> METHOD_NOT_ALLOWED;
      // Of HTTP that is not spoken here: the caller's to change.
      case 501, 505 -> INVALID_REQUEST;
      case 503 -> UNAVAILABLE;
      default -> status >= 400 && status < 500 ? INVALID_REQUEST : INTERNAL_ERROR;
    };
  }
}
