package dev.parley.schema.event;

/** {@code arousal} is 0 to 1, {@code valence} is -1 to 1. */
public record Emotion(String primaryEmotion, double arousal, double valence, LearningReadiness learningReadiness) {}
