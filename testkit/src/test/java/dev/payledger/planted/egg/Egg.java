package dev.payledger.planted.egg;

import dev.payledger.planted.hen.Hen;

/// The other half.
public record Egg(Hen hatches) {}
