/// What passed unscreened, for people to look at: one review per transfer, decided once. Read
/// `Alerts` first. Uses `assessment` for verdicts and `web` to speak HTTP.
@NullMarked
package dev.payledger.fraud.alert;

import org.jspecify.annotations.NullMarked;
