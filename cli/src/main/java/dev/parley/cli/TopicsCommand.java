package dev.parley.cli;

import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.schema.kafka.TopicSetup;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code parley topics create} and {@code parley topics check}. */
@Command(name = "topics", mixinStandardHelpOptions = true, description = "The topics that Parley needs.")
final class TopicsCommand {

    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description =
                    "Creates the topics that are missing. Of existing ones only message.timestamp.type is set, to LogAppendTime.")
    int create(
            @Mixin Connection connection,
            @Option(
                            names = "--partitions",
                            description = "of commands and events, which cannot be changed later; default: 64",
                            defaultValue = "0")
                    int partitions,
            @Option(names = "--replicas", description = "of each topic; default: 1", defaultValue = "0") short replicas)
            throws Exception {
        try (var admin = connection.admin()) {
            int found = TopicSetup.ensure(admin, new TopicSettings(partitions, replicas), TIMEOUT);
            print(connection, Map.of("partitions", found), "commands and events have " + found + " partitions");
            return Exit.OK;
        }
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Prints which topics are missing or have other settings than 'topics create' gives them.")
    int check(@Mixin Connection connection) throws Exception {
        try (var admin = connection.admin()) {
            List<String> wrong = TopicSetup.differences(admin, TIMEOUT);
            print(
                    connection,
                    Map.of("ok", wrong.isEmpty(), "differences", wrong),
                    wrong.isEmpty() ? "All topics are as they should be." : String.join("\n", wrong));
            return wrong.isEmpty() ? Exit.OK : Exit.PROBLEM;
        }
    }

    private void print(Connection connection, Map<String, Object> json, String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(connection.isJson() ? FrameCodec.mapper().writeValueAsString(json) : text);
        out.flush();
    }
}
