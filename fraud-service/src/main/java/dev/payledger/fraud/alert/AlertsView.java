package dev.payledger.fraud.alert;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One page of reviews, those that passed first first.
///
/// @param next where the next page starts after; absent on the last one
@JsonInclude(JsonInclude.Include.NON_NULL)
record AlertsView(List<AlertView> items, @Nullable UUID next) {}
