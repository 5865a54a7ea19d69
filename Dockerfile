# One image a service: docker build --target gateway | engine-worker | projection .
FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -ntp -Dmaven.test.skip=true -pl gateway,engine-worker,projection -am package

FROM eclipse-temurin:25-jre AS service
RUN useradd --system --uid 10001 --home-dir /nonexistent --no-create-home parley
USER 10001
WORKDIR /app
# The health port answers readiness; bash speaks enough HTTP for that, so the image needs no client.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=6 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$HEALTH_PORT && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200'"]
ENTRYPOINT ["java", "-XX:+UseCompactObjectHeaders", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "-jar", "parley.jar"]

FROM service AS gateway
ENV HEALTH_PORT=9080
EXPOSE 8080 9080
COPY --from=build /src/gateway/target/gateway-*-exec.jar parley.jar

FROM service AS engine-worker
ENV HEALTH_PORT=8081
EXPOSE 8081
COPY --from=build /src/engine-worker/target/engine-worker-*-exec.jar parley.jar

FROM service AS projection
ENV HEALTH_PORT=8082
EXPOSE 8082
COPY --from=build /src/projection/target/projection-*-exec.jar parley.jar
