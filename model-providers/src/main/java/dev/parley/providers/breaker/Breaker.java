package dev.parley.providers.breaker;

import dev.parley.providers.ProviderException.Kind;
import java.util.Optional;

/** Knows whether a service has been failing, and then keeps calls away from it for a while. Thread-safe; never waits. */
public interface Breaker {
    /** For a service that nobody needs protection from. */
    Breaker NONE = new Breaker() {
        @Override
        public Optional<Pass> tryEnter() {
            return Optional.of(Pass.UNCOUNTED);
        }

        @Override
        public State state() {
            return State.CLOSED;
        }
    };

    /** Whether calls go through. */
    enum State {
        CLOSED,
        /** A few do, to see whether the service is back. */
        HALF_OPEN,
        OPEN
    }

    /** Empty if the service is not to be asked now. */
    Optional<Pass> tryEnter();

    /** As of the last call; an open one whose time is over says so until the next. */
    State state();

    /** One call to the service, from asking it to its end. One thread uses it. */
    interface Pass extends AutoCloseable {
        /** A call that says nothing about the service. */
        Pass UNCOUNTED = new Pass() {
            @Override
            public void spoke() {}

            @Override
            public void failed(Kind kind) {}

            @Override
            public void close() {}
        };

        /** It said its first word: the service works. Not waited for until the end of an answer, which may be minutes away. */
        void spoke();

        /** It failed, before its first word or after it. */
        void failed(Kind kind);

        /** Whoever asked has gone; a call that neither spoke nor failed was none. */
        @Override
        void close();
    }
}
