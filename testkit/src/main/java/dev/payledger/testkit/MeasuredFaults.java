package dev.payledger.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// One of the `Faults` that measures: left out of the short form too.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Faults
@DisabledIfSystemProperty(
    named = "rows",
    matches = "third",
    disabledReason = "-Drows=third is the short form; bounds in time want a quiet machine")
public @interface MeasuredFaults {}
