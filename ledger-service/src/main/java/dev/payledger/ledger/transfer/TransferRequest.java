package dev.payledger.ledger.transfer;

import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The body of `POST /v1/transfers`: one debit and one credit, or `legs`.
///
/// @param amountMinor minor units, a JSON integer from 1 to 2^53−1
/// @param capture MANUAL: held until it is captured by request
/// @param legs 1 to 50 debits and credits that happen together or not at all; their sum is at most
///     2^53−1
record TransferRequest(
    @Nullable UUID debitAccountId,
    @Nullable UUID creditAccountId,
    @Nullable Long amountMinor,
    @Nullable List<LegRequest> legs,
    String currency,
    @Nullable Capture capture,
    @Nullable String reference,
    @Nullable Map<String, String> metadata) {

  static final int LEGS_MAX = 50;

  /// When a transfer is captured: as soon as it is screened, or by request.
  enum Capture {
    AUTOMATIC,
    MANUAL
  }

  /// One debit and credit of several.
  record LegRequest(UUID debitAccountId, UUID creditAccountId, Long amountMinor) {
    LegRequest {
      if (debitAccountId == null || creditAccountId == null || amountMinor == null) {
        throw new IllegalArgumentException(
            "each of the legs needs debitAccountId, creditAccountId and amountMinor");
      }
      if (amountMinor < 1 || amountMinor > Money.AMOUNT_MAX_MINOR) {
        throw new IllegalArgumentException(
            "amountMinor must be from 1 to " + Money.AMOUNT_MAX_MINOR);
      }
    }
  }

  TransferRequest {
    if (currency == null) {
      throw new IllegalArgumentException("currency is required");
    }
    if (legs == null) {
      if (debitAccountId == null || creditAccountId == null || amountMinor == null) {
        throw new IllegalArgumentException(
            "debitAccountId, creditAccountId and amountMinor are required, or legs");
      }
      new Money(amountMinor, currency);
    } else {
      if (debitAccountId != null || creditAccountId != null || amountMinor != null) {
        throw new IllegalArgumentException(
            "debitAccountId, creditAccountId and amountMinor are said by each of the legs, or there"
                + " are no legs");
      }
      if (legs.isEmpty() || legs.size() > LEGS_MAX) {
        throw new IllegalArgumentException("legs must be 1 to " + LEGS_MAX);
      }
      if (capture == Capture.MANUAL) {
        throw new IllegalArgumentException("a transfer with legs is captured at once, not MANUAL");
      }
      long sumMinor = 0;
      for (LegRequest leg : legs) {
        sumMinor += leg.amountMinor();
        if (sumMinor > Money.AMOUNT_MAX_MINOR) {
          throw new IllegalArgumentException(
              "the legs' amounts must sum up to " + Money.AMOUNT_MAX_MINOR + " at most");
        }
      }
      new Money(sumMinor, currency);
    }
    new TransferTerms(reference, metadata);
  }

  List<Leg> movements() {
    return legs == null
        ? List.of(
            new Leg(
                Objects.requireNonNull(debitAccountId),
                Objects.requireNonNull(creditAccountId),
                Objects.requireNonNull(amountMinor)))
        : legs.stream()
            .map(leg -> new Leg(leg.debitAccountId(), leg.creditAccountId(), leg.amountMinor()))
            .toList();
  }

  boolean isCapturedByRequest() {
    return capture == Capture.MANUAL;
  }

  TransferTerms terms() {
    return new TransferTerms(reference, metadata);
  }

  Fingerprint fingerprint(String initiator) {
    String kind =
        legs != null
            ? "create-transfer-of-legs"
            : isCapturedByRequest() ? "create-transfer-to-capture" : "create-transfer";
    List<@Nullable Object> parts = new ArrayList<>();
    parts.add(kind);
    parts.add(initiator);
    for (Leg leg : movements()) {
      parts.add(leg.debitAccountId());
      parts.add(leg.creditAccountId());
      parts.add(leg.amountMinor());
    }
    parts.add(currency);
    return terms().fingerprint(parts);
  }
}
