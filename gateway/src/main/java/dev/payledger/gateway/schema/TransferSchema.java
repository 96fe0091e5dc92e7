package dev.payledger.gateway.schema;

import static dev.payledger.gateway.schema.FieldCheck.AMOUNT_MINOR;
import static dev.payledger.gateway.schema.FieldCheck.AMOUNT_MINOR_MAX;
import static dev.payledger.gateway.schema.FieldCheck.UUID;
import static dev.payledger.gateway.schema.ObjectSchema.Field.optional;
import static dev.payledger.gateway.schema.ObjectSchema.Field.required;
import static dev.payledger.gateway.schema.ObjectSchema.place;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A transfer as it is asked for: between two accounts, or in legs that happen all or none.
final class TransferSchema {
  private static final int LEGS_MAX = 50;
  private static final int LEGS_PER_TOKEN = 10;
  private static final List<String> PLAIN =
      List.of("debitAccountId", "creditAccountId", "amountMinor");

  private static final ObjectSchema LEG =
      ObjectSchema.of(
          required("debitAccountId", UUID),
          required("creditAccountId", UUID),
          required("amountMinor", AMOUNT_MINOR));

  /// By itself, or one of many in a batch.
  static final ObjectSchema TRANSFER =
      ObjectSchema.of(
              optional("debitAccountId", UUID),
              optional("creditAccountId", UUID),
              optional("amountMinor", AMOUNT_MINOR),
              optional("legs", FieldCheck.listOf(1, LEGS_MAX, LEG)),
              required("currency", FieldCheck.CURRENCY),
              optional("reference", FieldCheck.text(0, 140)),
              optional("metadata", FieldCheck.FLAT_MAP),
              optional("capture", FieldCheck.CAPTURE))
          .where(
              TransferSchema::eitherPlainOrLegs,
              TransferSchema::legsAreCapturedAtOnce,
              TransferSchema::legsSumUpToAnAmount);

  /// Of all that is left, of an amount, or leg by leg.
  static final ObjectSchema REVERSAL =
      ObjectSchema.of(
              optional("amountMinor", AMOUNT_MINOR),
              optional(
                  "legs",
                  FieldCheck.listOf(
                      1,
                      LEGS_MAX,
                      ObjectSchema.of(
                          required("leg", FieldCheck.integer(1, LEGS_MAX)),
                          optional("amountMinor", AMOUNT_MINOR)))),
              optional("reference", FieldCheck.text(0, 140)),
              optional("metadata", FieldCheck.FLAT_MAP))
          .where(TransferSchema::eitherAmountOrLegs, TransferSchema::legsAreNamedOnce);

  private TransferSchema() {}

  /// One token for each ten legs begun: a leg is two lines more in the one transaction, much less
  /// than a transfer of its own.
  static int cost(JsonNode transfer) {
    return Math.max(1, Math.ceilDiv(transfer.path("legs").size(), LEGS_PER_TOKEN));
  }

  private static @Nullable String eitherPlainOrLegs(String place, ObjectNode transfer) {
    boolean hasLegs = transfer.has("legs");
    Optional<String> wrong =
        PLAIN.stream().filter(name -> transfer.has(name) == hasLegs).sorted().findFirst();
    return wrong
        .map(
            name ->
                (hasLegs ? "Field '%s' cannot stand beside 'legs'" : "Field '%s' is missing")
                        .formatted(place(place, name))
                    + ": a transfer has debitAccountId, creditAccountId and amountMinor, or legs.")
        .orElse(null);
  }

  private static @Nullable String eitherAmountOrLegs(String place, ObjectNode reversal) {
    return reversal.has("legs") && reversal.has("amountMinor")
        ? "Field '%s' cannot stand beside 'legs'.".formatted(place(place, "amountMinor"))
        : null;
  }

  private static @Nullable String legsAreNamedOnce(String place, ObjectNode reversal) {
    Set<Integer> named = new HashSet<>();
    for (JsonNode leg : reversal.path("legs")) {
      if (!named.add(leg.get("leg").intValue())) {
        return "Field '%s' names a leg twice.".formatted(place(place, "legs"));
      }
    }
    return null;
  }

  private static @Nullable String legsAreCapturedAtOnce(String place, ObjectNode transfer) {
    return transfer.has("legs") && transfer.path("capture").asString("").equals("MANUAL")
        ? "Field '%s' cannot be MANUAL beside 'legs'.".formatted(place(place, "capture"))
        : null;
  }

  /// The answer shows the sum as `amountMinor`. It fits a long: 50 amounts are below 2^59.
  private static @Nullable String legsSumUpToAnAmount(String place, ObjectNode transfer) {
    long sum = 0;
    for (JsonNode leg : transfer.path("legs")) {
      sum += leg.get("amountMinor").longValue();
    }
    return sum > AMOUNT_MINOR_MAX
        ? "Field '%s' must sum up to at most %d minor units."
            .formatted(place(place, "legs"), AMOUNT_MINOR_MAX)
        : null;
  }
}
