package dev.parley.gateway.http;

/** The TCP connection on which one request is answered. */
interface ResponseConnection {

    /**
     * Bounds how long a write may wait for a reader that takes nothing. After that the write fails with an {@code IOException}.
     *
     * @param ms more than 0
     */
    void setWriteTimeout(int ms);

    /**
     * Breaks the response off: the body gets no proper end, and the connection is closed. To be called by the thread that writes the
     * response, before the response is completed. Has no effect if the web server has ended the request already.
     */
    void breakOff();
}
