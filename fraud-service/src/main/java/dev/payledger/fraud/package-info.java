/// The fraud service: one verdict per transfer id, explained by the rules that fired, velocity
/// reservations that are given back once, and reviews of what passed unscreened. Read
/// `assessment.Screening` first, then `rules`, `intake.TransferListener` and `review.Alerts`.
@NullMarked
package dev.payledger.fraud;

import org.jspecify.annotations.NullMarked;
