package dev.parley.cli;

import dev.parley.projection.rebuild.Rebuild;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code parley verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Compares the documents with the log by digest. Changes none of them.")
final class VerifyCommand implements Callable<Integer> {

    @Mixin
    private final Connection connection = new Connection();

    @Spec
    private CommandSpec spec = CommandSpec.create();

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
                var verify = new Rebuild(store, consumer, Arguments.positiveDuration(spec, longestStream), "_verify")) {
            Rebuild.Result result = verify.run(bar::at);
            bar.end();
            String outcome = result.isEqual()
                    ? "The documents are what the log says."
                    : "The documents are not what the log says.";
            ComparisonPrinter.show(result, connection.isJson(), outcome, out.getOut());
            return result.isEqual() ? Exit.OK : Exit.PROBLEM;
        }
    }
}
