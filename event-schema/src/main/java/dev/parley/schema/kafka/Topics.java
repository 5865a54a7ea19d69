package dev.parley.schema.kafka;

/** The names of the topics. Their settings are in {@link TopicSetup}. */
public final class Topics {

    public static final String COMMANDS = "chat.commands";
    public static final String EVENTS = "chat.events";
    public static final String CHECKPOINTS = "chat.checkpoints";
    public static final String CONNECTIONS = "chat.connections";
    public static final String COMMANDS_DLT = COMMANDS + Topics.DLT_SUFFIX;
    public static final String EVENTS_DLT = EVENTS + Topics.DLT_SUFFIX;

    /** The suffix of the dead-letter topic of a topic. */
    public static final String DLT_SUFFIX = ".dlt";

    private Topics() {}
}
