package dev.parley.cli;

import dev.parley.projection.rebuild.Rebuild;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code parley rebuild}. */
@Command(
        name = "rebuild",
        mixinStandardHelpOptions = true,
        description = {
            "Makes all documents again from Kafka, and from the archive what Kafka has deleted, in collections of their own;",
            "prints what differs, and replaces it. Gateways and projections go on meanwhile."
        })
final class RebuildCommand implements Callable<Integer> {

    @Mixin
    private final Connection connection = new Connection();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--allow-loss",
            description = "also if that deletes documents that neither Kafka nor the archive has")
    private boolean allowLoss;

    @Option(
            names = "--longest-stream",
            paramLabel = "TIME",
            description = "the value of parley.projection.longest-stream; default: 24h")
    private String longestStream = "24h";

    @Override
    public Integer call() throws TimeoutException {
        var out = spec.commandLine();
        ProgressBar bar = new ProgressBar(out.getErr(), !connection.isJson());
        try (var store = connection.store();
                var consumer = connection.consumer();
                var rebuild =
                        new Rebuild(store, consumer, Arguments.positiveDuration(spec, longestStream), "_rebuild")) {
            Rebuild.Result result = rebuild.run(bar::at);
            bar.end();
            boolean refused = result.losesSomething() && !allowLoss;
            boolean repaired = !refused && rebuild.repair(allowLoss);
            String outcome = refused
                    ? "Nothing was changed: neither Kafka nor the archive has some of the documents. --allow-loss deletes them."
                    : !repaired
                            ? "Not everything was replaced: others write faster than documents can be compared. Run it again."
                            : result.damaged().isEmpty()
                                    ? "Rebuilt."
                                    : "Rebuilt, but the documents of damaged archives were left as they were.";
            ComparisonPrinter.show(result, connection.isJson(), outcome, out.getOut());
            return repaired && result.damaged().isEmpty() ? Exit.OK : Exit.PROBLEM;
        }
    }
}
