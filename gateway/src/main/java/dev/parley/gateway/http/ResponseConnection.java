package dev.parley.gateway.http;

/** The TCP connection on which one request is answered. */
interface ResponseConnection {

    /**
     * Bounds how long a write may wait without the reader taking anything. What is written then fails with an {@code IOException}.
     *
     * @param ms more than 0
     */
    void setWriteTimeout(int ms);

    /**
     * Ends the answer where it is: the body gets no proper end, and the connection is closed. To be called at most once, by the thread that
     * writes the answer, before the answer is completed.
     */
    void breakOff();
}
