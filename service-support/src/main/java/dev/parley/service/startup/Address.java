package dev.parley.service.startup;

import java.util.function.Function;

/** The address of another system, as a setting has it. */
public final class Address {

    private Address() {}

    /**
     * Reads the address of the store.
     *
     * @param uri what {@code MONGODB_URI} says
     * @param reader of the driver; what its exceptions say is not repeated, for it may hold a password
     * @throws SettingException if the driver cannot read it
     */
    public static <T> T ofStore(String uri, Function<String, T> reader) {
        try {
            return reader.apply(uri);
        } catch (RuntimeException e) {
            throw new SettingException(SettingProblem.of(
                    "MONGODB_URI",
                    uri,
                    "It must be an address such as mongodb://localhost:27017/parley or"
                            + " mongodb://user:password@host:27017/parley?authSource=admin; in user and password, characters"
                            + " such as @, : and / are written as %40, %3A and %2F."));
        }
    }
}
