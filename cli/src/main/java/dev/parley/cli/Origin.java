package dev.parley.cli;

/**
 * An address, and where it was configured.
 *
 * @param addresses hosts and ports, without user and password
 * @param source an option, a variable, a folder, or that it is the default
 */
record Origin(String addresses, String source) {

    @Override
    public String toString() {
        return addresses + " (" + source + ")";
    }
}
