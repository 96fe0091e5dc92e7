package dev.payledger.kit.consumer;

import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/// A record that was not applied, as a row of the service's own table. The component names are the
/// names of the statement's parameters (`JdbcClient.StatementSpec#paramSource`).
///
/// A record is the same one when topic, partition, offset and `recordedAt` are: a topic that was
/// created again counts its offsets from 0.
///
/// @param recordedAt the record's time in Kafka
/// @param headers a JSON object: header name to a list of base64 values. As text, because JSON escapes
///     what PostgreSQL text and jsonb cannot hold
/// @param reason name of a `DeadLetterReason`
/// @param detail at most 500 characters, none of them a control character; may quote the record
// No dead letter is compared with another.
@SuppressWarnings("ArrayRecordComponent")
public record DeadLetter(
    String topic,
    int partition,
    long offset,
    OffsetDateTime recordedAt,
    byte @Nullable [] key,
    byte @Nullable [] value,
    String headers,
    String reason,
    String detail,
    OffsetDateTime keptAt) {}
