package dev.payledger.system.attack;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A part of the catalogue of attacks on the API, by the numbers of docs/attacks.md. The expected
/// answers are those that the API promises; nothing here was copied from what it said.
abstract class AttackFamily {
  /// What there is to attack: alice has two accounts, a posted transfer and a live hold between
  /// them; bob has one account and nothing to do with any of it, but for one payment that he had
  /// from her.
  ///
  /// @param aliceReads a token with `accounts:read` only
  /// @param aliceWrites one with `transfers:write` only
  /// @param forged tokens that nobody may be let in with, by what is wrong with them
  /// @param paid the payment that bob had, of 50
  /// @param usedKey under which alice made the posted transfer, of 100 from payer to savings
  /// @param cursor of alice's list of accounts
  /// @param feedCursor of payer's feed
  record Victims(
      String alice,
      String aliceReads,
      String aliceWrites,
      String bob,
      String operator,
      Map<String, String> forged,
      String payer,
      String savings,
      String stranger,
      String posted,
      String held,
      String paid,
      String usedKey,
      String cursor,
      String feedCursor) {}

  static final String NOBODY = "00000000-0000-7000-8000-00000000dead";

  final Victims of;
  final List<Attack> all = new ArrayList<>();

  AttackFamily(Victims of) {
    this.of = of;
  }

  /// All of them.
  static List<Attack> on(Victims victims) {
    return Stream.of(
            new AttacksOnRights(victims), new AttacksOnBodies(victims), new AttacksOnHttp(victims))
        .flatMap(
            family -> {
              family.collect();
              return family.all.stream();
            })
        .toList();
  }

  /// Adds what this family has to `all`.
  abstract void collect();

  String head(String line, String... headers) {
    StringBuilder head = new StringBuilder(line).append(" HTTP/1.1\r\nHost: gateway\r\n");
    head.append("Connection: close\r\nAuthorization: Bearer ").append(of.alice()).append("\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  static String transfer(String debit, String credit, String amount) {
    return """
        {"debitAccountId":"%s","creditAccountId":"%s","amountMinor":%s,"currency":"EUR"}"""
        .formatted(debit, credit, amount);
  }

  static String leg(String debit, String credit) {
    return """
        {"debitAccountId":"%s","creditAccountId":"%s","amountMinor":1}"""
        .formatted(debit, credit);
  }

  static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  static String base64Padded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
