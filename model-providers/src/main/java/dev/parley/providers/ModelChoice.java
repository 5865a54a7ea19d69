package dev.parley.providers;

/** Who shall answer. {@code category} is what kind of question the message was taken for, such as {@code general}. */
public record ModelChoice(Provider provider, String model, String category) {}
