package dev.parley.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPolicyTest {

    private final OriginPolicy policy = new OriginPolicy(List.of("https://chat.example.org", "http://localhost:5173"));

    @Test
    void a_client_without_an_origin_may_connect() {
        assertThat(policy.allows(null, "http", "parley.example.org")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://chat.example.org",
                "https://CHAT.example.org",
                "https://chat.example.org:443",
                "http://localhost:5173",
                "http://parley.example.org:8080"
            })
    void listed_pages_and_pages_of_the_same_origin_may_connect(String origin) {
        assertThat(policy.allows(origin, "http", "parley.example.org:8080")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "",
                "https://evil.example.org",
                "http://chat.example.org",
                "https://chat.example.org:8443",
                "https://chat.example.org.evil.org",
                "https://evil-chat.example.org",
                "https://user@chat.example.org",
                "https://chat.example.org@evil.org",
                "https://parley.example.org:8080",
                "http://parley.example.org",
                "not an origin: null",
                "http://[",
                "*"
            })
    void foreign_and_similar_origins_may_not_connect(String origin) {
        assertThat(policy.allows(origin, "http", "parley.example.org:8080")).isFalse();
    }
}
