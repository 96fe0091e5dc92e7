package dev.payledger.stack;

/// A process ended while it was waited for, or took too long. The reason is in its log.
public final class NotReadyException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final Service service;

  NotReadyException(Service service, String what) {
    super(service.title() + " " + what);
    this.service = service;
  }

  public Service service() {
    return service;
  }
}
