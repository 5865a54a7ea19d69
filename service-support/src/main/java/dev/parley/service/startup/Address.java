package dev.parley.service.startup;

import java.util.function.Function;

/** The address of another system, read from a setting. */
public final class Address {

    private Address() {}

    /**
     * Parses the address of the store.
     *
     * @param uri the value of {@code MONGODB_URI}
     * @param reader the driver's parser; the messages of its exceptions may contain a password and are not repeated
     * @throws SettingException if the driver cannot parse it
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
