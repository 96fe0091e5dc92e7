package dev.payledger.demo.journey;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The body of a transfer request, and amounts as people write them.
public record Payment(
    String debitAccountId, String creditAccountId, long amountMinor, String currency) {
  private static final Pattern AMOUNT = Pattern.compile("(\\d{1,13})(?:\\.(\\d{1,2}))?");

  public String json() {
    return """
    {"debitAccountId":"%s","creditAccountId":"%s","amountMinor":%d,"currency":"%s"}"""
        .formatted(debitAccountId, creditAccountId, amountMinor, currency);
  }

  /// Reads `10`, `10.5` or `10.00`.
  public static long minor(String amount) throws Refusal {
    Matcher matcher = AMOUNT.matcher(amount);
    if (!matcher.matches()) {
      throw new Refusal("\"" + amount + "\" is not an amount such as 10.00.");
    }
    String cents = matcher.group(2) == null ? "" : matcher.group(2);
    return Long.parseLong(matcher.group(1)) * 100 + Long.parseLong((cents + "00").substring(0, 2));
  }

  static String text(long minor) {
    return "%s%,d.%02d"
        .formatted(minor < 0 ? "-" : "", Math.abs(minor) / 100, Math.abs(minor) % 100);
  }
}
