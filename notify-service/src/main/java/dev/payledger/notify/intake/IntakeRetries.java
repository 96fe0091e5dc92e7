package dev.payledger.notify.intake;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.config.ContainerCustomizer;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.transaction.TransactionException;

/// What happens to a record whose handling threw. A broken dependency is waited for, for ever and in
/// order: nothing is skipped because the database was away. A record that fails for what it says is
/// tried a few times and then kept as a dead letter, so that it does not stop its partition.
@Configuration(proxyBeanMethods = false)
class IntakeRetries {
  @Bean
  DefaultErrorHandler intakeErrors(IntakeProperties properties, DeadLetters deadLetters) {
    FullJitter forEver =
        new FullJitter(properties.retryFirst(), properties.retryCap(), FullJitter.FOR_EVER);
    FullJitter fewTimes =
        new FullJitter(properties.retryFirst(), properties.retryCap(), properties.retriesMax());
    DefaultErrorHandler errors =
        new DefaultErrorHandler(
            (record, exception) -> {
              @SuppressWarnings("unchecked")
              var bytes = (ConsumerRecord<byte[], byte[]>) record;
              try (var _ = FeedListener.inLog(bytes)) {
                deadLetters.keep(
                    bytes,
                    DeadLetters.Reason.FAILED,
                    NestedExceptionUtils.getMostSpecificCause(exception).toString());
              }
            },
            fewTimes);
    // Nothing is recovered without its retries, whatever Spring thinks of an exception's type.
    errors.setClassifications(Map.of(), true);
    errors.setBackOffFunction(
        (record, exception) -> isBrokenDependency(exception) ? forEver : fewTimes);
    errors.setLogLevel(KafkaException.Level.WARN);
    return errors;
  }

  @Bean
  ContainerCustomizer<byte[], byte[], ConcurrentMessageListenerContainer<byte[], byte[]>>
      keepsListening(IntakeProperties properties) {
    // Without it a refused login at the broker ends the listener until somebody restarts it.
    return container ->
        container.getContainerProperties().setAuthExceptionRetryInterval(properties.retryCap());
  }

  /// All trouble with the database but what it says about the values themselves.
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
