# One image per service: docker build --target gateway | engine-worker | projection .
FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -ntp -Dmaven.test.skip=true -pl gateway,engine-worker,projection -am package
# An unpacked jar starts faster, and its classes can be archived.
RUN for service in gateway engine-worker projection; do \
        java -Djarmode=tools -jar $service/target/$service-*-exec.jar extract --destination /apps/$service \
        && mv /apps/$service/$service-*.jar /apps/$service/parley.jar || exit 1; \
    done

FROM eclipse-temurin:25-jre AS service
RUN useradd --system --uid 10001 --home-dir /nonexistent --no-create-home parley && install -d -o parley /app/classes
USER 10001
WORKDIR /app
# Reads readiness from the health port with bash, so the image needs no HTTP client.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=6 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$HEALTH_PORT && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200'"]
# Each part of a process's memory has a bound: docs/configuration.md, "Memory of a container". JDK_JAVA_OPTIONS adds options and overrides these.
ENV MALLOC_ARENA_MAX=2
ENTRYPOINT ["java", \
    "-XX:SharedArchiveFile=classes/parley.jsa", \
    "-XX:+UseCompactObjectHeaders", \
    "-XX:MaxRAMPercentage=50", \
    "-XX:MaxMetaspaceSize=128m", \
    "-XX:ReservedCodeCacheSize=64m", \
    "-XX:MaxDirectMemorySize=48m", \
    "-Djdk.nio.maxCachedBufferSize=262144", \
    "-XX:+ExitOnOutOfMemoryError", \
    "-jar", "parley.jar"]

# The archive is written by a JVM that does not run the service: one that does (-XX:ArchiveClassesAtExit) crashes now and then, when one of its
# threads uses a lambda for the first time at that moment.
FROM service AS gateway
ENV HEALTH_PORT=9080
EXPOSE 8080 9080
COPY --from=build /apps/gateway ./
RUN PARLEY_AUTH_SECRET=only-for-the-start-whose-classes-are-archived SERVER_PORT=0 \
        java -XX:+UseCompactObjectHeaders -Dspring.context.exit=onRefresh -XX:DumpLoadedClassList=/tmp/classes.lst -jar parley.jar \
    && java -XX:+UseCompactObjectHeaders -Xshare:dump -XX:SharedClassListFile=/tmp/classes.lst \
        -XX:SharedArchiveFile=classes/parley.jsa -jar parley.jar \
    && rm /tmp/classes.lst

FROM service AS engine-worker
ENV HEALTH_PORT=8081
EXPOSE 8081
COPY --from=build /apps/engine-worker ./
RUN PARLEY_AUTH_SECRET=only-for-the-start-whose-classes-are-archived SERVER_PORT=0 \
        java -XX:+UseCompactObjectHeaders -Dspring.context.exit=onRefresh -XX:DumpLoadedClassList=/tmp/classes.lst -jar parley.jar \
    && java -XX:+UseCompactObjectHeaders -Xshare:dump -XX:SharedClassListFile=/tmp/classes.lst \
        -XX:SharedArchiveFile=classes/parley.jsa -jar parley.jar \
    && rm /tmp/classes.lst

FROM service AS projection
ENV HEALTH_PORT=8082
EXPOSE 8082
COPY --from=build /apps/projection ./
RUN PARLEY_AUTH_SECRET=only-for-the-start-whose-classes-are-archived SERVER_PORT=0 \
        java -XX:+UseCompactObjectHeaders -Dspring.context.exit=onRefresh -XX:DumpLoadedClassList=/tmp/classes.lst -jar parley.jar \
    && java -XX:+UseCompactObjectHeaders -Xshare:dump -XX:SharedClassListFile=/tmp/classes.lst \
        -XX:SharedArchiveFile=classes/parley.jsa -jar parley.jar \
    && rm /tmp/classes.lst
