package dev.payledger.kit.consumer;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.transaction.TransactionException;

/// Decides what happens to a record whose handling throws. A broken dependency is retried without end
/// and in order: nothing is skipped because the database was down. A record that fails because of its
/// content is retried a few times and then kept as a dead letter, so that it does not stop its
/// partition.
///
/// A service imports this and has a `ConsumerRetries` and a `DeadLetters` bean.
@Configuration(proxyBeanMethods = false)
public class ConsumerConfiguration {
  @Bean
  DefaultErrorHandler consumerErrors(ConsumerRetries retries, DeadLetters deadLetters) {
    var unbounded = new JitteredBackOff(retries.backoff(), JitteredBackOff.UNBOUNDED);
    var bounded = new JitteredBackOff(retries.backoff(), retries.retriesMax());
    DefaultErrorHandler errors =
        new DefaultErrorHandler(
            (record, exception) -> {
              @SuppressWarnings("unchecked")
              var bytes = (ConsumerRecord<byte[], byte[]>) record;
              try (var _ = new EventRecord(bytes).inLog()) {
                deadLetters.keep(
                    bytes,
                    DeadLetterReason.FAILED,
                    NestedExceptionUtils.getMostSpecificCause(exception).toString());
              }
            },
            bounded);
    // Without it Spring does not retry some types of exceptions.
    errors.setClassifications(Map.of(), true);
    errors.setBackOffFunction(
        (record, exception) -> isBrokenDependency(exception) ? unbounded : bounded);
    errors.setLogLevel(KafkaException.Level.WARN);
    return errors;
  }

  /// Every failure of the database except its rejection of the values themselves.
  static boolean isBrokenDependency(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof DataIntegrityViolationException
          || cause instanceof InvalidDataAccessApiUsageException) {
        return false;
      }
      if (cause instanceof DataAccessException || cause instanceof TransactionException) {
        return true;
      }
    }
    return false;
  }
}
