package dev.payledger.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/// A test whose bounds are times and rates. It wants a machine that does nothing else, so only
/// `-Pmeasured` runs it.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("measured")
public @interface Measures {}
