/// The events that services say and hear. The JSON Schemas in `schemas/` are the truth, the records
/// are a convenience, the golden examples are the test. No behaviour, no framework.
@NullMarked
package dev.payledger.contracts;

import org.jspecify.annotations.NullMarked;
