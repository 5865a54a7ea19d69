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
        description = "Checks by digest whether the documents are what the log says. Changes nothing that is read.")
final class VerifyCommand implements Callable<Integer> {

    @Mixin
    private final Connection connection = new Connection();

    @Spec
    private CommandSpec spec = CommandSpec.create();

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
                var verify =
                        new Rebuild(store, consumer, Asked.positiveSpan(spec, longestStream), "_verify")) {
            Rebuild.Result result = verify.run(bar::at);
            bar.end();
            String outcome = result.isEqual() ? "The documents are what the log says." : "They are not.";
            Comparisons.show(result, connection.isJson(), outcome, out.getOut());
            return result.isEqual() ? Exit.OK : Exit.FOUND;
        }
    }
}
