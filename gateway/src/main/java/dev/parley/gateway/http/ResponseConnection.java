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
     * Ends the response where it is: the body gets no proper end, and the connection is closed. To be called by the thread that writes the
     * response, before the response is completed. Where the web server has ended the request already, it does nothing.
     */
    void breakOff();
}
