package dev.payledger.demo.running;

/// What a service answered at its management port.
public record Managed(int status, String body) {}
