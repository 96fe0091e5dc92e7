/// What every request of this service passes besides the kit's plumbing: a credential, a bound for its
/// body, and the service's own errors. Read `WebConfiguration` first. Knows no feature.
@NullMarked
package dev.payledger.fraud.web;

import org.jspecify.annotations.NullMarked;
