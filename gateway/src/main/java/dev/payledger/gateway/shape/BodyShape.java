package dev.payledger.gateway.shape;

import static dev.payledger.gateway.shape.ObjectShape.Field.optional;
import static dev.payledger.gateway.shape.ObjectShape.Field.required;

import java.util.function.ToIntFunction;
import tools.jackson.databind.JsonNode;

/// What the body of one operation must look like. A body that fits may still be refused by the
/// service behind for what it means; one that does not fit never gets there and burns no
/// idempotency key.
///
/// @param bytesMax the most that is read of a body
/// @param mayBeAbsent whether no body at all fits too
/// @param cost what a body that fits costs the caller, in tokens
public record BodyShape(
    ObjectShape shape, int bytesMax, boolean mayBeAbsent, ToIntFunction<JsonNode> cost) {
  /// Of a body where nothing else is said; what is behind the largest single command is text.
  public static final int BYTES_MAX = 16 * 1024;

  /// Room for as many items as a batch may have, each with all its legs; long texts in all of them
  /// at once are more than fits.
  private static final int BATCH_BYTES_MAX = 1024 * 1024;

  private static final int BATCH_ITEMS_MAX = 100;

  /// Why somebody does something.
  private static final FieldCheck REASON = FieldCheck.text(1, 200);

  public static final BodyShape TRANSFER =
      new BodyShape(TransferShape.TRANSFER, BYTES_MAX, false, TransferShape::cost);

  public static final BodyShape TRANSFER_BATCH =
      new BodyShape(
          ObjectShape.of(
              required("items", FieldCheck.listOf(1, BATCH_ITEMS_MAX, TransferShape.TRANSFER))),
          BATCH_BYTES_MAX,
          false,
          batch -> batch.get("items").valueStream().mapToInt(TransferShape::cost).sum());

  public static final BodyShape CAPTURE =
      bodyOrNone(
          optional("amountMinor", FieldCheck.AMOUNT_MINOR), optional("final", FieldCheck.BOOLEAN));

  public static final BodyShape REVERSAL =
      new BodyShape(TransferShape.REVERSAL, BYTES_MAX, false, TransferShape::cost);

  public static final BodyShape ACCOUNT =
      body(
          ObjectShape.of(
              required("name", FieldCheck.text(1, 80)),
              required("currency", FieldCheck.CURRENCY),
              optional("owner", FieldCheck.OWNER)));

  public static final BodyShape OVERDRAFT =
      body(
          ObjectShape.of(
              required("limitMinor", FieldCheck.LIMIT_MINOR), optional("reason", REASON)));

  public static final BodyShape REVIEW =
      body(ObjectShape.of(required("decision", FieldCheck.DECISION), required("reason", REASON)));

  public static final BodyShape FREEZE =
      bodyOrNone(optional("side", FieldCheck.SIDE), optional("reason", REASON));

  /// Another change of an account.
  public static final BodyShape CHANGE = bodyOrNone(optional("reason", REASON));

  /// No body at all, or an empty object.
  public static final BodyShape NONE = bodyOrNone();

  private static BodyShape body(ObjectShape shape) {
    return new BodyShape(shape, BYTES_MAX, false, _ -> 1);
  }

  private static BodyShape bodyOrNone(ObjectShape.Field... fields) {
    return new BodyShape(ObjectShape.of(fields), BYTES_MAX, true, _ -> 1);
  }

  /// Checks the bytes as they came.
  public ShapeOutcome check(byte[] body) {
    if (mayBeAbsent && body.length == 0) {
      return new ShapeOutcome.Fits("", 1);
    }
    return switch (BodyJson.read(body)) {
      case BodyJson.Unreadable(String detail) -> new ShapeOutcome.Refused(detail);
      case BodyJson.Read(JsonNode root) -> {
        String refusal = shape.refusal("", root);
        yield refusal == null
            ? new ShapeOutcome.Fits(BodyJson.canonical(root), cost.applyAsInt(root))
            : new ShapeOutcome.Refused(refusal);
      }
    };
  }
}
