/// What passed unscreened, for people to look at: one review per transfer, decided once. Read
/// `Reviews` first. Uses `assessment` for verdicts and `web` to speak HTTP.
@NullMarked
package dev.payledger.fraud.review;

import org.jspecify.annotations.NullMarked;
