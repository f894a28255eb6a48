# syntax=docker/dockerfile:1
# The replica. From the root of the repository:
#   docker build -t snapshot-sync-replicate -f examples/snapshot-sync/packaging/replicate.Dockerfile .
#   docker run --read-only --cap-drop ALL -v replica:/var/lib/snapshot-sync snapshot-sync-replicate \
#       --from http://publisher.example:8080/snapshots/latest --database /var/lib/snapshot-sync/replica.sqlite \
#       --metrics 9100 --log-format json
# All arguments of the program follow the name of the image. The health check needs --metrics 9100.

FROM rust:1.95-slim-trixie AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked -p snapshot-sync --bin replicate

FROM debian:trixie-slim
COPY --from=build /source/target/release/replicate /usr/local/bin/replicate
# Everything that is written is in the volume: the root may be read-only. SQLite puts large sorts there too.
RUN install -d -o 65532 -g 65532 -m 0700 /var/lib/snapshot-sync
VOLUME /var/lib/snapshot-sync
ENV SQLITE_TMPDIR=/var/lib/snapshot-sync
USER 65532:65532
STOPSIGNAL SIGTERM
# The metrics have a listener of their own on loopback, which asks for no token.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9100 && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == *' 200 '* ]]"]
ENTRYPOINT ["/usr/local/bin/replicate"]
CMD ["--help"]
