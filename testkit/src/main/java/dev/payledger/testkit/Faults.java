package dev.payledger.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// A long test that `-Pfaults` runs beside the crash matrix, but not when `-Drow=` asks for a row
/// of it.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("faults")
@DisabledIfSystemProperty(
    named = "row",
    matches = ".+",
    disabledReason = "-Drow= asks for rows of the crash matrix and nothing else")
public @interface Faults {}
