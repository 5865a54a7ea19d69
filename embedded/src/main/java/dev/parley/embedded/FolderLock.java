package dev.parley.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Locks a folder for one owner. The operating system releases it when the process dies. */
final class FolderLock implements AutoCloseable {

    /**
     * The folders that this process has locked. Checked before the lock file is opened, because POSIX releases a process's lock on a file
     * when the process closes any handle of that file.
     */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Creates the folder if it does not exist.
     *
     * @throws FolderInUseException if this process or another one has locked it
     */
    static FolderLock take(Path wanted) {
        try {
            Path folder = Files.createDirectories(wanted).toRealPath();
            if (!OURS.add(folder)) {
                throw new FolderInUseException(folder);
            }
            try {
                return new FolderLock(folder, locked(folder));
            } catch (IOException | RuntimeException e) {
                OURS.remove(folder);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot use the data folder " + wanted.toAbsolutePath(), e);
        }
    }

    private static FileChannel locked(Path folder) throws IOException {
        var channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            throw new FolderInUseException(folder);
        }
        return channel;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            OURS.remove(folder);
        }
    }
}
