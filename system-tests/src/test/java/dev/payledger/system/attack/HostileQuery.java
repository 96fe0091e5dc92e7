package dev.payledger.system.attack;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Queries that no route accepts: not decodable, ambiguous, or with unknown parameters.
final class HostileQuery {
  static final List<String> ALL =
      List.of(
          "=",
          "=x",
          "limit",
          "limit=",
          "limit=7&limit=7",
          "limit=7&%6cimit=8",
          "limit=0x1",
          "limit=%231",
          "limit=01",
          "limit=-0",
          "limit=%2B1",
          "limit=%201",
          "limit=1e1",
          "limit=%D9%A1",
          "limit=%EF%BC%91",
          "limit=2147483648",
          "limit=9223372036854775808",
          "%ff",
          "%",
          "%zz",
          "nonsense=%c0%80",
          "cursor=%ff",
          "cursor=%ed%a0%80",
          "cursor=%00",
          "cursor=%0d%0aX:%20y",
          "cursor=x",
          "asOf=2026-01-01T24:00:00Z",
          "nonsense=1",
          "Limit=1",
          "accountid=1",
          "access_token=x",
          "_method=DELETE",
          "a[]=1",
          "__proto__=1",
          IntStream.range(0, 1_000).mapToObj(i -> "a" + i).collect(Collectors.joining("&")),
          "a=" + "x".repeat(4_000));

  private HostileQuery() {}
}
