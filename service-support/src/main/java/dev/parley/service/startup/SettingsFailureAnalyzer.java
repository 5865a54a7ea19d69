package dev.parley.service.startup;

import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports the settings that cannot be used, their values and the remedies. */
final class SettingsFailureAnalyzer extends AbstractFailureAnalyzer<SettingException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SettingException cause) {
        int count = cause.problems().size();
        return new FailureAnalysis(
                (count == 1 ? "A setting cannot be used:" : count + " settings cannot be used:")
                        + cause.problems().stream()
                                .map(problem -> "\n\n    " + problem.setting() + " " + problem.found() + ".\n    "
                                        + problem.remedy())
                                .collect(Collectors.joining()),
                "Correct " + (count == 1 ? "it" : "them")
                        + " and start again. docs/configuration.md has every setting with its default.",
                cause);
    }
}
