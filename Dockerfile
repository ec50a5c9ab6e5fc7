FROM eclipse-temurin:25-jdk AS build
WORKDIR /build
ENV MAVEN_USER_HOME=/cache
COPY .mvn .mvn
COPY mvnw pom.xml LICENSE ./
COPY src/main src/main
RUN --mount=type=cache,target=/cache \
    ./mvnw -B -ntp -Dmaven.repo.local=/cache/repository -Dmaven.test.skip=true package
RUN java -Djarmode=tools -jar target/belfry.jar extract --layers --destination layers

FROM eclipse-temurin:25-jre
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin belfry \
    && install -d -o belfry -g belfry /data
WORKDIR /opt/belfry
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/spring-boot-loader/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./
# A node under load trains the cache that halves its starts and shortens its warming up. The JVM uses it only where its
# flags and the jar's path, as it is written, are those of the training.
RUN flags="-XX:+UseCompactObjectHeaders -XX:+ExitOnOutOfMemoryError -Djdk.reflect.useNativeAccessorOnly=true" \
    && export BELFRY_DEMO=true BELFRY_DATADIR=/tmp/training \
    && { java $flags -XX:AOTCacheOutput=/opt/belfry/belfry.aot -jar /opt/belfry/belfry.jar & } \
    && trained=$! \
    && timeout 120 bash -c 'until { : < /dev/tcp/127.0.0.1/8080; } 2> /dev/null; do sleep 1; done' \
    && java -jar /opt/belfry/belfry.jar bench --users 100 --rate 0 --warmup 0 --duration 8 \
    && kill $trained && { wait $trained || true; } \
    && test -f /opt/belfry/belfry.aot && rm -rf /tmp/*

USER belfry
ENV BELFRY_DATADIR=/data
VOLUME /data
EXPOSE 8080
# Readiness, in bash alone: the image may have no curl.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/${MANAGEMENT_SERVER_PORT:-${SERVER_PORT:-8080}} && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && IFS= read -r status <&3 && [[ $status == *' 200 '* ]]"]
ENTRYPOINT ["java", "-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError", "-Djdk.reflect.useNativeAccessorOnly=true", \
    "-XX:AOTCache=/opt/belfry/belfry.aot", "-jar", "/opt/belfry/belfry.jar"]
