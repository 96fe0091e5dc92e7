package dev.payledger.planted.hen;

import dev.payledger.planted.egg.Egg;

/// Half of a cycle between two features.
public record Hen(Egg lays) {}
