package dev.parley.schema.kafka;

/** The topics by name. Their settings are in {@link TopicSetup}. */
public final class Topics {

    public static final String COMMANDS = "chat.commands";
    public static final String EVENTS = "chat.events";
    public static final String CHECKPOINTS = "chat.checkpoints";
    public static final String CONNECTIONS = "chat.connections";
    public static final String COMMANDS_DLT = COMMANDS + Topics.DLT_SUFFIX;
    public static final String EVENTS_DLT = EVENTS + Topics.DLT_SUFFIX;

    /** Of the topic beside another, for what nobody can read of that. */
    public static final String DLT_SUFFIX = ".dlt";

    private Topics() {}
}
