package dev.payledger.ledger.request;

import dev.payledger.kit.problem.ProblemException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One page of a list.
///
/// @param next cursor of the next page; absent on the last one
public record Page<T>(List<T> items, @Nullable String next) {
  /// What a page of a list looks at, at most, for what no index finds. It may have fewer items than
  /// its limit then, and a next page all the same.
  public static final int LOOKED_AT_MAX = 500;

  public static final int LIMIT_DEFAULT = 50;
  public static final int LIMIT_MAX = 200;

  /// Of one item more than the limit that was asked for: its presence says that there is a next page.
  public static <T> Page<T> of(List<T> oneMore, int limit, Function<T, String> cursorAfter) {
    return of(oneMore, limit, cursorAfter, null);
  }

  /// Of a list that is looked through.
  ///
  /// @param afterLookedAt cursor after what was looked at, when there is more to look at
  public static <T> Page<T> of(
      List<T> oneMore, int limit, Function<T, String> cursorAfter, @Nullable String afterLookedAt) {
    if (oneMore.size() <= limit) {
      return new Page<>(oneMore, afterLookedAt);
    }
    List<T> items = oneMore.subList(0, limit);
    return new Page<>(items, cursorAfter.apply(items.getLast()));
  }

  public static int checkedLimit(@Nullable Integer limit) {
    if (limit == null) {
      return LIMIT_DEFAULT;
    }
    if (limit < 1 || limit > LIMIT_MAX) {
      throw ProblemException.invalidRequest("limit must be from 1 to " + LIMIT_MAX + ".");
    }
    return limit;
  }
}
