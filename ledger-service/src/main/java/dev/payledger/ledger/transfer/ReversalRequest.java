package dev.payledger.ledger.transfer;

import dev.payledger.kit.problem.ProblemException;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The body of `POST /v1/transfers/{id}/reversals`.
///
/// @param amountMinor minor units, a JSON integer; absent for all that is left. Not of several legs
/// @param legs which legs are given back; absent for all
record ReversalRequest(
    @Nullable Long amountMinor,
    @Nullable List<LegPart> legs,
    @Nullable String reference,
    @Nullable Map<String, String> metadata) {

  /// @param leg its number, from 1
  /// @param amountMinor absent for all that is left of it
  record LegPart(Integer leg, @Nullable Long amountMinor) {
    LegPart {
      if (leg == null || leg < 1 || leg > TransferRequest.LEGS_MAX) {
        throw new IllegalArgumentException(
            "each of the legs needs leg, its number from 1 to " + TransferRequest.LEGS_MAX);
      }
      requireAmount(amountMinor);
    }
  }

  ReversalRequest {
    requireAmount(amountMinor);
    if (legs != null) {
      if (amountMinor != null) {
        throw new IllegalArgumentException(
            "amountMinor is said by each of the legs, or not at all");
      }
      if (legs.isEmpty() || legs.size() > TransferRequest.LEGS_MAX) {
        throw new IllegalArgumentException("legs must be 1 to " + TransferRequest.LEGS_MAX);
      }
      if (legs.stream().map(LegPart::leg).distinct().count() < legs.size()) {
        throw new IllegalArgumentException("each of the legs is named once");
      }
    }
    new TransferTerms(reference, metadata);
  }

  private static void requireAmount(@Nullable Long amountMinor) {
    if (amountMinor != null && (amountMinor < 1 || amountMinor > Money.AMOUNT_MAX_MINOR)) {
      throw new IllegalArgumentException("amountMinor must be from 1 to " + Money.AMOUNT_MAX_MINOR);
    }
  }

  /// What is given back of a transfer with so many legs.
  List<LegPart> parts(int legCount) {
    if (legs != null) {
      return legs;
    }
    if (amountMinor != null && legCount > 1) {
      throw ProblemException.invalidRequest(
          "The transfer has several legs: name those to give back in legs, each with its"
              + " amountMinor, or leave amountMinor out.");
    }
    return IntStream.rangeClosed(1, legCount)
        .mapToObj(number -> new LegPart(number, amountMinor))
        .toList();
  }

  TransferTerms terms() {
    return new TransferTerms(reference, metadata);
  }

  Fingerprint fingerprint(String initiator, UUID original) {
    List<@Nullable Object> parts = new ArrayList<>();
    parts.add(legs == null ? "reverse-transfer" : "reverse-legs");
    parts.add(initiator);
    parts.add(original);
    if (legs == null) {
      parts.add(amountMinor);
    } else {
      parts.add(legs.size());
      for (LegPart part : legs) {
        parts.add(part.leg());
        parts.add(part.amountMinor());
      }
    }
    return terms().fingerprint(parts);
  }
}
