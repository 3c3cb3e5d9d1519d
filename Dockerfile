# One file, one image per target:
#   docker build --target broker --build-arg VERSION=1.0.0 --build-arg REVISION=$(git rev-parse HEAD) -t wxplane-broker:1.0.0 .
# Targets: ingestion, broker, release, console, sandbox, cli (the operators' tool, and the migrations).
# scripts/deploy/rehearse-images.ts does the same steps without Docker; `npm test` runs it.

# A tag can be moved. A release is built from a digest, and REQUIRE_DIGEST=true refuses anything else (docs/operations.md, Images):
#   --build-arg NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:… --build-arg REQUIRE_DIGEST=true
ARG NODE_IMAGE=node:24.21.0-bookworm-slim
ARG REQUIRE_DIGEST=false

# ── Build: everything, once, for all targets ─────────────────────────────────────────────────────────────────
FROM ${NODE_IMAGE} AS build
ARG NODE_IMAGE
ARG REQUIRE_DIGEST
RUN if [ "$REQUIRE_DIGEST" = true ] && ! echo "$NODE_IMAGE" | grep -Eq '@sha256:[0-9a-f]{64}$'; then echo "NODE_IMAGE=$NODE_IMAGE is not by digest" >&2; exit 1; fi
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json LICENSE ./
COPY scripts ./scripts
COPY libs ./libs
COPY apps ./apps
RUN npm run build

# ── What each app needs at run time, found by tracing its entry point ────────────────────────────────────────
FROM build AS ingestion-files
RUN node scripts/deploy/trace-app.ts ingestion /app
FROM build AS broker-files
RUN node scripts/deploy/trace-app.ts broker /app
FROM build AS release-files
RUN node scripts/deploy/trace-app.ts release /app
FROM build AS console-files
RUN node scripts/deploy/trace-app.ts console /app
FROM build AS sandbox-files
RUN node scripts/deploy/trace-app.ts sandbox /app
FROM build AS cli-files
RUN node scripts/deploy/trace-app.ts cli /app

# ── Run time: Node and nothing to build or install with ──────────────────────────────────────────────────────
FROM ${NODE_IMAGE} AS runtime
ARG VERSION=0.0.0-dev
ARG REVISION=unknown
ARG NODE_IMAGE
LABEL org.opencontainers.image.vendor="wxplane" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${NODE_IMAGE}"
RUN rm -rf /usr/local/lib/node_modules /usr/local/include/node /opt/yarn-* \
      /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg
ENV NODE_ENV=production \
    NODE_OPTIONS="--max-semi-space-size=8"
WORKDIR /app
# By number, so that Kubernetes can see that it is not root. The files belong to root: the process cannot change them.
USER 1000:1000
# Node is process 1. That is enough here: the apps set handlers for SIGTERM and SIGINT before they do anything else (a process 1
# without handlers would ignore both), and they start no child processes, so there is nothing to reap.
STOPSIGNAL SIGTERM

FROM runtime AS ingestion
LABEL org.opencontainers.image.title="wxplane ingestion" \
      org.opencontainers.image.description="Receives WeChat's pushes"
# Half of these threads may look up names of subscribers at once. With Node's 4, two names whose servers are dead would hold up all others.
ENV HTTP_PORT=3001 MANAGEMENT_PORT=9001 \
    UV_THREADPOOL_SIZE=16
EXPOSE 3001 9001
COPY --from=ingestion-files /app /app
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/app/healthcheck.mjs"]
CMD ["node", "/app/dist/apps/ingestion/src/main.js"]

FROM runtime AS broker
LABEL org.opencontainers.image.title="wxplane broker" \
      org.opencontainers.image.description="Tokens and authorization"
# Heap for 200,000 tokens, the default of TOKEN_CACHE_ENTRIES; for many more it needs more than 192 MB.
# The C library gives memory back when it is free: with its defaults V8's compiler leaves 10 to 15 MB behind in holes of several places.
ENV HTTP_PORT=3002 MANAGEMENT_PORT=9002 \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=16384 \
    MALLOC_TOP_PAD_=0 \
    MALLOC_TRIM_THRESHOLD_=65536 \
    NODE_OPTIONS="--max-semi-space-size=3 --max-old-space-size=192"
EXPOSE 3002 9002
COPY --from=broker-files /app /app
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/app/healthcheck.mjs"]
CMD ["node", "/app/dist/apps/broker/src/main.js"]

FROM runtime AS release
LABEL org.opencontainers.image.title="wxplane release" \
      org.opencontainers.image.description="Templates, audits, releases"
# A bound of the heap that fits the container's also makes V8 collect sooner: during a rollout 90 MB stay in use instead of growing with
# the garbage of many short steps.
ENV HTTP_PORT=3003 MANAGEMENT_PORT=9003 \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=16384 \
    MALLOC_TOP_PAD_=0 \
    MALLOC_TRIM_THRESHOLD_=65536 \
    NODE_OPTIONS="--max-semi-space-size=8 --max-old-space-size=256"
EXPOSE 3003 9003
COPY --from=release-files /app /app
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/app/healthcheck.mjs"]
CMD ["node", "/app/dist/apps/release/src/main.js"]

FROM runtime AS console
LABEL org.opencontainers.image.title="wxplane console" \
      org.opencontainers.image.description="Pages for people"
ENV HTTP_PORT=3004 MANAGEMENT_PORT=9004 \
    MALLOC_ARENA_MAX=1 \
    NODE_OPTIONS="--max-semi-space-size=8 --max-old-space-size=192"
EXPOSE 3004 9004
COPY --from=console-files /app /app
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/app/healthcheck.mjs"]
CMD ["node", "/app/dist/apps/console/src/main.js"]

FROM runtime AS sandbox
LABEL org.opencontainers.image.title="wxplane sandbox" \
      org.opencontainers.image.description="Plays WeChat; never for production"
ENV SANDBOX_HOST=0.0.0.0 SANDBOX_PORT=3100
EXPOSE 3100
COPY --from=sandbox-files /app /app
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/app/healthcheck.mjs", "SANDBOX_PORT", "/_control/health"]
CMD ["node", "/app/dist/apps/sandbox/src/main.js"]

# docker run … wxplane-cli node dist/libs/persistence/src/migrate.js · … node dist/apps/cli/src/main.js clients list
FROM runtime AS cli
LABEL org.opencontainers.image.title="wxplane cli" \
      org.opencontainers.image.description="Migrations and the operators' command-line tool"
COPY --from=cli-files /app /app
# A command that ends by itself: there is nothing to ask for its health.
HEALTHCHECK NONE
CMD ["node", "/app/dist/apps/cli/src/main.js", "--help"]
