package dev.parley.architecture;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The names that the sources of all modules declare, main and test, and their string literals, as the compiler's parser reads them. */
final class SourceNames {
    /** What a name is the name of. */
    enum Kind {
        PACKAGE,
        TYPE,
        METHOD,
        VARIABLE,
        LITERAL
    }

    /** @param file relative to the root of the project, with {@code /} */
    record Name(String file, long line, Kind kind, String text) {
        boolean isOfMain() {
            return file.contains("/src/main/");
        }
    }

    private SourceNames() {}

    static List<Name> read(Path root) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Name> names = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources(root)));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                String file =
                        root.toUri().relativize(unit.getSourceFile().toUri()).getPath();
                new Collector(file, unit, positions, names).scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    private static List<Path> sources(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path module : children(root)) {
            for (Path folder : List.of(module.resolve("src/main/java"), module.resolve("src/test/java"))) {
                if (Files.isDirectory(folder)) {
                    try (Stream<Path> files = Files.walk(folder)) {
                        files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
                    }
                }
            }
        }
        return found;
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        }
    }

    private static final class Collector extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final String file;
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<Name> names;

        Collector(String file, CompilationUnitTree unit, SourcePositions positions, List<Name> names) {
            this.file = file;
            this.unit = unit;
            this.positions = positions;
            this.names = names;
        }

        @Override
        public @Nullable Void visitPackage(PackageTree tree, @Nullable Void none) {
            add(Kind.PACKAGE, tree.getPackageName().toString(), tree);
            return super.visitPackage(tree, none);
        }

        @Override
        public @Nullable Void visitClass(ClassTree tree, @Nullable Void none) {
            add(Kind.TYPE, tree.getSimpleName().toString(), tree);
            return super.visitClass(tree, none);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree tree, @Nullable Void none) {
            add(Kind.METHOD, tree.getName().toString(), tree);
            return super.visitMethod(tree, none);
        }

        @Override
        public @Nullable Void visitVariable(VariableTree tree, @Nullable Void none) {
            add(Kind.VARIABLE, tree.getName().toString(), tree);
            return super.visitVariable(tree, none);
        }

        @Override
        public @Nullable Void visitLiteral(LiteralTree tree, @Nullable Void none) {
            if (tree.getValue() instanceof String text) {
                add(Kind.LITERAL, text, tree);
            }
            return super.visitLiteral(tree, none);
        }

        private void add(Kind kind, String text, Tree tree) {
            long start = positions.getStartPosition(unit, tree);
            names.add(new Name(file, start < 0 ? 0 : unit.getLineMap().getLineNumber(start), kind, text));
        }
    }
}
