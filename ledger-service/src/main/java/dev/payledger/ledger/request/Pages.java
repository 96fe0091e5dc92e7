package dev.payledger.ledger.request;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Pages of what callers may write much into: they are bounded in bytes too. The gateway refuses an
/// answer beyond 2 MB, and a list must not become unreadable by what is in it.
@Component
public class Pages {
  /// Of the items as JSON.
  static final int BYTES_MAX = 1_000_000;

  private final JsonMapper json;

  Pages(JsonMapper json) {
    this.json = json;
  }

  /// As `Page.of`; with fewer items where the limit is too many, and at least one.
  public <T> Page<T> of(List<T> oneMore, int limit, Function<T, String> cursorAfter) {
    return of(oneMore, limit, cursorAfter, null);
  }

  /// Of a list that is looked through.
  public <T> Page<T> of(
      List<T> oneMore, int limit, Function<T, String> cursorAfter, @Nullable String afterLookedAt) {
    int bytes = 0;
    int count = 0;
    for (T item : oneMore) {
      bytes += json.writeValueAsBytes(item).length;
      if (bytes > BYTES_MAX && count > 0) {
        break;
      }
      count++;
    }
    return Page.of(oneMore, Math.min(limit, count), cursorAfter, afterLookedAt);
  }
}
