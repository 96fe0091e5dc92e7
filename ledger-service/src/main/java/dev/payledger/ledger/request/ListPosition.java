package dev.payledger.ledger.request;

import dev.payledger.kit.page.PageCursors;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where a page of a list by time begins: after, or before, what happened then and has that id.
public record ListPosition(Instant at, UUID id) {
  public static final ListPosition OLDEST = new ListPosition(Instant.EPOCH, new UUID(0, 0));
  public static final ListPosition NEWEST =
      new ListPosition(Instant.parse("9999-01-01T00:00:00Z"), new UUID(-1L, -1L));

  /// @param otherwise for the first page, which has no cursor
  public static ListPosition open(
      PageCursors cursors, String list, @Nullable String cursor, ListPosition otherwise) {
    if (cursor == null) {
      return otherwise;
    }
    String[] position = cursors.open(list, cursor).split(" ", 2);
    return new ListPosition(Instant.parse(position[0]), UUID.fromString(position[1]));
  }

  public String seal(PageCursors cursors, String list) {
    return cursors.seal(list, at + " " + id);
  }
}
