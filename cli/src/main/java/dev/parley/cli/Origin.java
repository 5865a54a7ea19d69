package dev.parley.cli;

/**
 * Where something is, and what says so.
 *
 * @param addresses hosts and ports, without user and password
 * @param said an option, a variable, a folder, or that it is the default
 */
record Origin(String addresses, String said) {

    @Override
    public String toString() {
        return addresses + " (" + said + ")";
    }
}
