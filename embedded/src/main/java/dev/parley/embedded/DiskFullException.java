package dev.parley.embedded;

/** The disk of the data folder is full. The message names the folder and says what to do. */
public final class DiskFullException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    DiskFullException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
