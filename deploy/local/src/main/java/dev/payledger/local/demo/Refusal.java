package dev.payledger.local.demo;

/// An expected "no" for the person at the keyboard: what is the matter and what to do, in a sentence.
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  Refusal(String sentence) {
    super(sentence);
  }
}
