package dev.payledger.fraud.blocking;

import dev.payledger.contracts.BlockedAccountEvent;
import dev.payledger.fraud.blocking.BlockedAccounts.Change;
import dev.payledger.kit.problem.ProblemException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/blocked-accounts`, for operators. A change may be repeated at will.
@RestController
@RequestMapping("/blocked-accounts")
class BlockedAccountController {
  private static final int LIMIT_MAX = 200;

  private final BlockedAccounts blocked;

  BlockedAccountController(BlockedAccounts blocked) {
    this.blocked = blocked;
  }

  @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
  BlockedAccountsView list(
      @RequestParam(required = false) @Nullable UUID after,
      @RequestParam(defaultValue = "50") int limit) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw ProblemException.invalidRequest("limit is 1 to " + LIMIT_MAX + ".");
    }
    List<Change> found = blocked.blocked(after, limit + 1);
    List<Change> page = found.subList(0, Math.min(limit, found.size()));
    return new BlockedAccountsView(
        page.stream().map(BlockedAccountsView.Item::of).toList(),
        found.size() > limit ? page.getLast().accountId() : null);
  }

  @GetMapping(path = "/{accountId}", produces = MediaType.APPLICATION_JSON_VALUE)
  BlockedAccountView one(@PathVariable UUID accountId) {
    return BlockedAccountView.of(accountId, blocked.changesOf(accountId));
  }

  @PutMapping(
      path = "/{accountId}",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  BlockedAccountView change(
      @PathVariable UUID accountId, @RequestBody BlockedAccountRequest request) {
    if (accountId.equals(BlockedAccountEvent.END_OF_LIST)) {
      throw ProblemException.invalidRequest("The id of zeros is no account's.");
    }
    blocked.change(accountId, request.isBlocked(), request.changedBy(), request.reason());
    return one(accountId);
  }
}
