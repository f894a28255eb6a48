# syntax=docker/dockerfile:1
# The publisher. From the root of the repository:
#   docker build -t snapshot-sync-publish -f examples/snapshot-sync/packaging/publish.Dockerfile .
#   docker run --read-only --cap-drop ALL -p 8080:8080 -v publisher:/var/lib/snapshot-sync snapshot-sync-publish
# The program's arguments are those of CMD. Arguments behind the name of the image replace all of these: state each
# option that is needed, once. The health check needs --metrics 9100.

FROM rust:1.95-slim-trixie AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked -p snapshot-sync --bin publish

FROM debian:trixie-slim
COPY --from=build /source/target/release/publish /usr/local/bin/publish
# Everything that is written is in the volume: the root may be read-only. SQLite puts large sorts there too.
RUN install -d -o 65532 -g 65532 -m 0700 /var/lib/snapshot-sync
VOLUME /var/lib/snapshot-sync
ENV SQLITE_TMPDIR=/var/lib/snapshot-sync
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
# The metrics have a listener of their own on loopback, which asks for no token. They are served when the first snapshot
# is written, which takes its time if there are many entities.
HEALTHCHECK --interval=30s --timeout=5s --start-period=24h --retries=3 \
    CMD ["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9100 && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == *' 200 '* ]]"]
ENTRYPOINT ["/usr/local/bin/publish"]
CMD ["--database", "/var/lib/snapshot-sync/publisher.sqlite", "--store", "/var/lib/snapshot-sync/packages", "--listen", "0.0.0.0:8080", "--metrics", "9100", "--log-format", "json"]
