/// A transfer's assessment: screened once, released once, each by one transaction that holds the
/// transfer's lock. Uses `rules` and `payee` to decide and `web` to speak HTTP. Read `Screening` first.
@NullMarked
package dev.payledger.fraud.assessment;

import org.jspecify.annotations.NullMarked;
