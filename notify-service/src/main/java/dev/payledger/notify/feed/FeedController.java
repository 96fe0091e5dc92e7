package dev.payledger.notify.feed;

import dev.payledger.kit.page.PageCursors;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.notify.feed.Feeds.Page;
import dev.payledger.notify.feed.Feeds.Reader;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `GET /v1/accounts/{id}/feed`: the account's items in its own order.
@RestController
class FeedController {
  private static final SimpleGrantedAuthority OPERATE =
      new SimpleGrantedAuthority("SCOPE_ledger:operate");

  private final Feeds feeds;
  private final PageCursors cursors;
  private final FeedProperties properties;

  FeedController(Feeds feeds, FeedProperties properties) {
    this.feeds = feeds;
    this.cursors = new PageCursors(properties.cursorKey());
    this.properties = properties;
  }

  @GetMapping(path = "/v1/accounts/{id}/feed", produces = MediaType.APPLICATION_JSON_VALUE)
  FeedView feed(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable Integer limit,
      @RequestParam(required = false) @Nullable String cursor,
      JwtAuthenticationToken token) {
    int items = limit == null ? properties.limitDefault() : limit;
    if (items < 1 || items > properties.limitMax()) {
      throw ProblemException.invalidRequest("limit is 1 to " + properties.limitMax() + ".");
    }
    long after = cursor == null ? 0 : Long.parseLong(cursors.open(list(id), cursor));
    Reader reader = new Reader(token.getName(), token.getAuthorities().contains(OPERATE));
    return view(id, feeds.read(id, reader, after, items), after);
  }

  private FeedView view(UUID accountId, Page page, long after) {
    // Items have no gaps, so the place after them follows from their number.
    String resume = cursors.seal(list(accountId), Long.toString(after + page.items().size()));
    return new FeedView(
        page.isKnown(),
        page.items().stream().map(FeedItem::view).toList(),
        page.isMore() ? resume : null,
        resume);
  }

  /// The name that cursors of this feed are bound to.
  private static String list(UUID accountId) {
    return PageCursors.list("feed of " + accountId);
  }
}
