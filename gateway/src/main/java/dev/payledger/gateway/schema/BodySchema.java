package dev.payledger.gateway.schema;

import static dev.payledger.gateway.schema.ObjectSchema.Field.optional;
import static dev.payledger.gateway.schema.ObjectSchema.Field.required;

import java.util.function.ToIntFunction;
import tools.jackson.databind.JsonNode;

/// What the body of one operation must look like. A body that fits may still be refused by the
/// service behind for what it means; one that does not fit never gets there and burns no
/// idempotency key.
///
/// @param bytesMax the most that is read of a body
/// @param mayBeAbsent whether no body at all fits too
/// @param cost what a body that fits costs the caller, in tokens
public record BodySchema(
    ObjectSchema schema, int bytesMax, boolean mayBeAbsent, ToIntFunction<JsonNode> cost) {
  /// Of a body where nothing else is said; what is behind the largest single command is text.
  public static final int BYTES_MAX = 16 * 1024;

  /// Room for as many items as a batch may have, each with all its legs; long texts in all of them
  /// at once are more than fits.
  private static final int BATCH_BYTES_MAX = 1024 * 1024;

  private static final int BATCH_ITEMS_MAX = 100;

  /// Why somebody does something.
  private static final FieldCheck REASON = FieldCheck.text(1, 200);

  public static final BodySchema TRANSFER =
      new BodySchema(TransferSchema.TRANSFER, BYTES_MAX, false, TransferSchema::cost);

  public static final BodySchema TRANSFER_BATCH =
      new BodySchema(
          ObjectSchema.of(
              required("items", FieldCheck.listOf(1, BATCH_ITEMS_MAX, TransferSchema.TRANSFER))),
          BATCH_BYTES_MAX,
          false,
          batch -> batch.get("items").valueStream().mapToInt(TransferSchema::cost).sum());

  public static final BodySchema CAPTURE =
      bodyOrNone(
          optional("amountMinor", FieldCheck.AMOUNT_MINOR), optional("final", FieldCheck.BOOLEAN));

  public static final BodySchema REVERSAL =
      new BodySchema(TransferSchema.REVERSAL, BYTES_MAX, false, TransferSchema::cost);

  public static final BodySchema ACCOUNT =
      body(
          ObjectSchema.of(
              required("name", FieldCheck.text(1, 80)),
              required("currency", FieldCheck.CURRENCY),
              optional("owner", FieldCheck.OWNER)));

  public static final BodySchema OVERDRAFT =
      body(
          ObjectSchema.of(
              required("limitMinor", FieldCheck.LIMIT_MINOR), optional("reason", REASON)));

  public static final BodySchema REVIEW =
      body(ObjectSchema.of(required("decision", FieldCheck.DECISION), required("reason", REASON)));

  public static final BodySchema FREEZE =
      bodyOrNone(optional("side", FieldCheck.SIDE), optional("reason", REASON));

  /// Another change of an account.
  public static final BodySchema CHANGE = bodyOrNone(optional("reason", REASON));

  /// No body at all, or an empty object.
  public static final BodySchema NONE = bodyOrNone();

  private static BodySchema body(ObjectSchema schema) {
    return new BodySchema(schema, BYTES_MAX, false, _ -> 1);
  }

  private static BodySchema bodyOrNone(ObjectSchema.Field... fields) {
    return new BodySchema(ObjectSchema.of(fields), BYTES_MAX, true, _ -> 1);
  }

  /// Checks the bytes as they came.
  public ValidationResult check(byte[] body) {
    if (mayBeAbsent && body.length == 0) {
      return new ValidationResult.Valid("", 1);
    }
    return switch (BodyJson.read(body)) {
      case BodyJson.Unreadable(String detail) -> new ValidationResult.Invalid(detail);
      case BodyJson.Read(JsonNode root) -> {
        String refusal = schema.refusal("", root);
        yield refusal == null
            ? new ValidationResult.Valid(BodyJson.canonical(root), cost.applyAsInt(root))
            : new ValidationResult.Invalid(refusal);
      }
    };
  }
}
