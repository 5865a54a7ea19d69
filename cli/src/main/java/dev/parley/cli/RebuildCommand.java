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
            "Makes all documents anew, from Kafka and, where Kafka has no more, from the archive, into collections of their own;",
            "says what differs, and puts that in place. Gateways and projections go on meanwhile."
        })
final class RebuildCommand implements Callable<Integer> {

    @Mixin
    private final Connection connection = new Connection();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--allow-loss",
            description = "also if there are documents that neither Kafka nor the archive knows")
    private boolean allowLoss;

    @Option(
            names = "--longest-stream",
            paramLabel = "TIME",
            description = "as parley.projection.longest-stream; 24h if not given")
    private String longestStream = "24h";

    @Override
    public Integer call() throws TimeoutException {
        var out = spec.commandLine();
        ProgressBar bar = new ProgressBar(out.getErr(), !connection.isJson());
        try (var store = connection.store();
                var consumer = connection.consumer();
                var rebuild =
                        new Rebuild(store, consumer, Asked.positiveSpan(spec, longestStream), "_rebuild")) {
            Rebuild.Result result = rebuild.run(bar::at);
            bar.end();
            boolean refused = result.losesSomething() && !allowLoss;
            boolean mended = !refused && rebuild.repair(allowLoss);
            String outcome = refused
                    ? "Left as it is: only the store has some documents; --allow-loss gives them up."
                    : !mended
                            ? "Not all: others wrote faster than could be compared. Run it again."
                            : result.damaged().isEmpty()
                                    ? "Rebuilt."
                                    : "Rebuilt, but for what the damaged archives told: that is as it was.";
            Comparisons.show(result, connection.isJson(), outcome, out.getOut());
            return mended && result.damaged().isEmpty() ? Exit.OK : Exit.FOUND;
        }
    }
}
