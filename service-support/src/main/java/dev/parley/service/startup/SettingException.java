package dev.parley.service.startup;

import java.io.Serial;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** One or more settings cannot be used, so the application does not start. The message has the problem and the remedy of each. */
public final class SettingException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient List<SettingProblem> problems;

    public SettingException(SettingProblem problem) {
        this(List.of(problem));
    }

    /** @param problems at least one */
    public SettingException(Collection<SettingProblem> problems) {
        super(problems.stream().map(SettingProblem::text).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<SettingProblem> problems() {
        return problems;
    }
}
