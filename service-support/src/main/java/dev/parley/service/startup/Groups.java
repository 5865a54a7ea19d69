package dev.parley.service.startup;

import java.util.List;

/**
 * The prefixes of all settings of Parley. Each record of settings is bound to one of them. A service does not report unknown names in groups
 * that it does not bind, because several services may be started with the same environment.
 */
public final class Groups {

    /** Settings without a group of their own: {@code parley.default-provider}. */
    public static final String ROOT = "parley";

    public static final String AUTH = "parley.auth";
    public static final String DEV = "parley.dev";
    public static final String ENGINE = "parley.engine";
    public static final String GATEWAY = "parley.gateway";
    public static final String LIMITS = "parley.limits";
    public static final String PROJECTION = "parley.projection";
    public static final String PROVIDERS = "parley.providers";
    public static final String TOPICS = "parley.topics";

    /** Settings directly in {@link #ROOT}, each used by one service. */
    public static final String ALLOWED_ORIGINS = "parley.allowed-origins";

    public static final String DATA_DIR = "parley.data-dir";
    public static final String DEFAULT_PROVIDER = "parley.default-provider";

    static final List<String> ALL = List.of(
            AUTH,
            DEV,
            ENGINE,
            GATEWAY,
            LIMITS,
            PROJECTION,
            PROVIDERS,
            TOPICS,
            ALLOWED_ORIGINS,
            DATA_DIR,
            DEFAULT_PROVIDER);

    private Groups() {}
}
