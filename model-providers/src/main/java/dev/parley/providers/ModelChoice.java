package dev.parley.providers;

/**
 * The provider and the model to ask.
 *
 * @param category the category of the message, such as {@code general}
 */
public record ModelChoice(Provider provider, String model, String category) {}
