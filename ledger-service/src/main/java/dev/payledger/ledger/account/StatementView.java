package dev.payledger.ledger.account;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A page of what happened on an account from an instant until before another one, both settled: it never
/// changes any more. Minor units.
///
/// @param isFirst whether it begins with the opening balance
/// @param openingBalanceMinor before the first entry
/// @param closingBalanceMinor after the last one, which may be on a later page
/// @param next cursor of the next page; absent on the last one
record StatementView(
    UUID accountId,
    String currency,
    Instant from,
    Instant to,
    @JsonIgnore boolean isFirst,
    long openingBalanceMinor,
    long closingBalanceMinor,
    List<AccountLine> items,
    @Nullable String next) {

  /// Six digits always, so that the column is of one form.
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSX").withZone(ZoneOffset.UTC);

  private static final String COLUMNS =
      "type,at,amountMinor,currency,balanceMinor,sequence,transferId,entryId,reference";

  /// What a spreadsheet takes for the beginning of a formula, in its wide forms too.
  private static final String FORMULA = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

  /// As RFC 4180 has it. The balances at both ends are rows too, on the first page and on the last.
  String csv() {
    Stream<String> opening =
        Stream.of(row("OPENING", from, "", openingBalanceMinor, "", "", "", null));
    Stream<String> closing =
        Stream.of(row("CLOSING", to, "", closingBalanceMinor, "", "", "", null));
    Stream<String> entries =
        items.stream()
            .map(
                line ->
                    row(
                        line.side(),
                        line.postedAt(),
                        Long.toString(line.amountMinor()),
                        line.balanceAfterMinor(),
                        Long.toString(line.sequence()),
                        line.transferId().toString(),
                        line.entryId().toString(),
                        line.reference()));
    return Stream.of(
            Stream.of(COLUMNS),
            isFirst ? opening : Stream.<String>empty(),
            entries,
            next == null ? closing : Stream.<String>empty())
        .flatMap(rows -> rows)
        .map(row -> row + "\r\n")
        .collect(Collectors.joining());
  }

  private String row(
      String type,
      Instant at,
      String amountMinor,
      long balanceMinor,
      String sequence,
      String transferId,
      String entryId,
      @Nullable String reference) {
    return String.join(
        ",",
        type,
        MICROS.format(at),
        amountMinor,
        currency,
        Long.toString(balanceMinor),
        sequence,
        transferId,
        entryId,
        reference == null ? "" : cell(reference));
  }

  /// Somebody's text: an apostrophe before it makes a formula a text again.
  static String cell(String text) {
    String harmless = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    return harmless.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n')
        ? "\"" + harmless.replace("\"", "\"\"") + "\""
        : harmless;
  }
}
