/// The rules as pure functions, one file each, over everything they may look at: a `RuleInput`. Read
/// `FraudRule` first. No I/O, no clock, no Spring but the configuration record's annotation.
@NullMarked
package dev.payledger.fraud.rules;

import org.jspecify.annotations.NullMarked;
